(function () {
  'use strict';
  const { data, palette, color, axis, draw } = plots;

  function chart(parent, title, options, columns) {
    const box = document.createElement('div');
    box.className = 'chart';
    const heading = document.createElement('h3');
    heading.textContent = title;
    box.appendChild(heading);
    parent.appendChild(box);
    draw(box, options, columns);
  }

  const errors = document.getElementById('errors');
  data.errors.forEach(output => {
    const used = output.lines.map(line => line.fractions.findIndex(f => f > 0)).filter(i => i >= 0);
    if (!used.length) {
      return;
    }
    const from = Math.max(0, Math.min(...used) - 2);
    const to = Math.max(...output.lines.map(line => line.fractions.reduce((last, f, i) => f > 0 ? i : last, 0))) + 3;
    const x = output.exponents.slice(from, to);
    const lines = output.lines.map(line => line.fractions.slice(from, to).map(f => f * 100));
    chart(errors, 'Absolute error of ' + output.output + ': share of elements by size of error', {
      height: 260,
      axes: [
        axis({ values: (u, ticks) => ticks.map(t => Number.isInteger(t) ? '1e' + t : ''), label: 'absolute error', labelGap: 2, space: 60, incrs: [1, 2, 5] }),
        axis({ values: (u, ticks) => ticks.map(t => t + ' %'), size: 60 })
      ],
      series: [{}].concat(output.lines.map((line, i) => ({
        label: line.model, stroke: palette[i % palette.length], width: 2, fill: palette[i % palette.length] + '22',
        paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }
      })))
    }, [x].concat(lines));
  });

  const changes = document.getElementById('changes');
  if (data.changes.length > 1) {
    const names = data.changes.map(c => c.module);
    chart(changes, 'How much each target changes: norm of delta / norm of W, in the order of the table', {
      height: 220,
      scales: { x: { time: false, range: (u, lo, hi) => [lo - 0.7, hi + 0.7] }, y: { range: (u, lo, hi) => [0, hi * 1.1] } },
      axes: [
        axis({ values: (u, ticks) => ticks.map(t => names.length <= 12 && names[t] ? names[t].split('.').pop().slice(0, 14) : Number.isInteger(t) ? t + 1 : ''), incrs: [1, 2, 5, 10, 20, 50, 100], space: names.length <= 12 ? 70 : 50 }),
        axis({ values: (u, ticks) => ticks.map(t => +(t * 100).toPrecision(3) + ' %'), size: 60 })
      ],
      legend: { show: false },
      series: [{}, { stroke: color('--accent'), fill: color('--accent') + '66', width: 1, points: { show: false }, paths: uPlot.paths.bars({ size: [0.7, 60] }) }]
    }, [data.changes.map((c, i) => i), data.changes.map(c => c.ratio)]);
  }
})();
