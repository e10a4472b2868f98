// What the plots of all pages share; stands in front of the page's own script, in the same element.
const plots = (function () {
  'use strict';
  const style = getComputedStyle(document.documentElement);
  const color = name => style.getPropertyValue(name).trim();
  const axis = extra => Object.assign(
    { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 } }, extra);

  // A plot as wide as its place; columns are x and the values of each series.
  function draw(parent, options, columns) {
    const width = () => Math.max(280, parent.clientWidth);
    const common = { width: width(), cursor: { drag: { x: false, y: false } }, scales: { x: { time: false } } };
    const plot = new uPlot(Object.assign(common, options), columns, parent);
    addEventListener('resize', () => plot.setSize({ width: width(), height: options.height }));
  }

  return {
    data: JSON.parse(document.getElementById('data').textContent),
    palette: ['#7a869a', color('--accent'), '#e07b39', '#2fa37c', '#a25ddc'],
    color, axis, draw
  };
})();
