(function () {
  'use strict';
  const { data, palette, color, axis, draw } = plots;
  // distances between ticks: there is no step 1.5
  const whole = Array.from({ length: 10 }, (none, i) => [1, 2, 5].map(n => n * 10 ** i)).flat();

  function chart(id, lines, digits) {
    const parent = document.getElementById(id);
    const steps = Array.from(new Set(lines.flatMap(line => line.points.map(p => p.step)))).sort((a, b) => a - b);
    if (!steps.length) {
      parent.textContent = 'The run was too short for a point.';
      return;
    }
    const columns = lines.map(line => {
      const at = new Map(line.points.map(p => [p.step, p.value]));
      return steps.map(step => at.has(step) ? at.get(step) : null);
    });
    draw(parent, {
      height: 280,
      axes: [axis({ label: 'step', labelGap: 2, incrs: whole }), axis({ size: 70, values: (u, ticks) => ticks.map(t => digits(t)) })],
      series: [{ label: 'step' }].concat(lines.map(line => ({
        label: line.label, stroke: line.color, width: 2, spanGaps: true, points: { show: steps.length < 60, fill: color('--card') },
        value: (u, v) => v === null ? '' : digits(v)
      })))
    }, [steps].concat(columns));
  }

  const lines = [{ label: 'training', color: color('--accent'), points: data.losses }];
  if (data.evaluations.length) {
    lines.push({ label: 'evaluation', color: palette[2], points: data.evaluations });
  }
  chart('loss', lines, v => String(+v.toPrecision(4)));
  chart('rate', [{ label: 'learning rate', color: color('--accent'), points: data.rates }], v => v === 0 ? '0' : v.toExponential(1));
})();
