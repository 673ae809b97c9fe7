"""What a script finds out about the page that shows: each is a function for `evaluate`, and lists what is wrong."""

# Without what is another each time: clocks, live numbers, a secret made for whoever looks, when something was last
# used; and without what only a script needs.
TEXT = """() => {
  const main = document.querySelector('main').cloneNode(true);
  main.querySelectorAll('time, #live, code, [data-copy], .qr, .rows .note, datalist').forEach((one) => one.remove());
  return main.textContent.replace(/\\s+/g, ' ').trim();
}"""
HEAD = f"""() => ({{ title: document.title, text: ({TEXT})(),
  headings: [...document.querySelectorAll('h1')].map((one) => one.textContent.trim()) }})"""
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const there = box.width > 1 && box.height > 1 && box.left >= 0 && box.right <= innerWidth + 1;
  return { name: one.outerHTML.slice(0, 80), skips: one.matches('a.skip'), shown: drawn && there };
}"""
MOVES = """() => [...document.querySelectorAll('*')].filter((one) => ['', '::before', '::after'].some((part) => {
  const style = getComputedStyle(one, part);
  const times = style.transitionDuration.split(',');
  const moves = (style.animationName || 'none') !== 'none' || times.some((time) => parseFloat(time) > 0);
  return moves || (!part && style.scrollBehavior === 'smooth');
})).map((one) => one.outerHTML.slice(0, 80))"""
# On paper: what only a screen can use is gone, and nothing lies in a box that one would have to scroll.
PRINTED = """() => {
  const seen = (one) => one.checkVisibility() && one.getBoundingClientRect().height > 0;
  const useless = 'nav a:not([aria-current]), button, .controls, .skip, .search, dialog, .tip, .account, ' +
    'a[download], .more a';
  const cut = [...document.querySelectorAll('main *')].filter((one) =>
    ['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX) && one.querySelector('table, pre, svg')
      && one.scrollWidth > one.clientWidth + 1);
  const wide = document.documentElement.scrollWidth > innerWidth ? [document.body] : [];
  const left = [...document.querySelectorAll(useless)].filter(seen);
  return [...left, ...cut, ...wide].map((one) => one.outerHTML.slice(0, 90));
}"""
# What can be read, as a paper shows it: not what is there for a screen reader alone.
READ = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && box.width > 2 && box.height > 2 && !one.closest('.unseen, script, style');
}).flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data)).join(' ')"""
# In the reader's own few colours: what was told by a background alone is gone, unless a border stands for it; a line
# around letters is as thick as they are; and a border that was transparent is to be seen like any other.
PAINTED = """() => {
  const bare = (color) => /, 0\\)$|transparent/.test(color);
  const ground = getComputedStyle(document.body).backgroundColor;
  window.painted = [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility()).map((one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const paints = !bare(style.backgroundColor) && style.backgroundColor !== ground;
    const sides = ['Top', 'Bottom'].filter((side) =>
      parseFloat(style[`border${side}Width`]) > 0 && bare(style[`border${side}Color`]));
    return { one, paints: paints && !(one instanceof SVGElement) && box.width > 2 && box.height > 2, sides };
  });
}"""
FORCED = """() => {
  const page = getComputedStyle(document.body).backgroundColor;
  const gone = window.painted.filter(({ one, paints, sides }) => {
    const style = getComputedStyle(one);
    const edge = parseFloat(style.borderTopWidth) + parseFloat(style.borderLeftWidth) > 0;
    const seen = sides.some((side) => style[`border${side}Color`] !== page);
    return (paints && !edge && style.backgroundColor === page) || seen;
  }).map(({ one }) => one);
  const thick = [...document.querySelectorAll('svg text')].filter((one) => getComputedStyle(one).stroke !== 'none');
  return [...gone, ...thick].map((one) => one.outerHTML.slice(0, 90));
}"""
# Words that stand upon other words. What is cut off at an edge, or comes only with the pointer, is not there.
CROWDED = """() => {
  scrollTo(0, 0);
  const boxes = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (holder.closest('.unseen, .skip, .menu .sheet, select, option, script')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const box = { node, left, right, top, bottom };
      for (let one = holder; one !== document.body; one = one.parentElement) {
        if (getComputedStyle(one).overflowX === 'visible') continue;
        const edge = one.getBoundingClientRect();
        box.left = Math.max(box.left, edge.left), box.right = Math.min(box.right, edge.right);
        box.top = Math.max(box.top, edge.top), box.bottom = Math.min(box.bottom, edge.bottom);
      }
      if (box.right - box.left > 2 && box.bottom - box.top > 2) boxes.push(box);
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  const found = new Set();
  boxes.forEach((one, index) => {
    for (let next = index + 1; next < boxes.length && boxes[next].top < one.bottom - 4; next++) {
      const other = boxes[next];
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3 && one.node !== other.node)
        found.add(`${one.node.data.trim().slice(0, 40)} / ${other.node.data.trim().slice(0, 40)}`);
    }
  });
  return [...found];
}"""
