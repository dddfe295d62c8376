// Runs before the page: notes what a screen reader would say by itself. A region says its text when that changes; one that comes into the page with
// its text already in it is not listened to yet, unless it is an alert.
(() => {
  const LIVE = "[role=status], [role=alert], [aria-live]";
  const said = [];
  globalThis.hearing = {
    said,
    until(text) {
      const at = said.findIndex((one) => one.includes(text));
      return at >= 0 && said.splice(0, at + 1).length > 0;
    },
  };

  const alerts = (node) => (node instanceof Element ? [node, ...node.querySelectorAll("*")].filter((one) => one.role === "alert") : []);

  new MutationObserver((changes) => {
    const added = new Set(changes.flatMap((change) => [...change.addedNodes]));
    const isNew = (node) => node !== null && (added.has(node) || isNew(node.parentNode));
    const speaking = new Set();
    for (const { type, target, addedNodes } of changes) {
      const at = target instanceof Element ? target : target.parentElement;
      const region = at?.closest(LIVE);
      if (region && type !== "attributes" && !isNew(region)) speaking.add(region);
      for (const alert of type === "attributes" ? alerts(target) : [...addedNodes].flatMap(alerts)) speaking.add(alert);
    }
    for (const region of speaking) {
      const text = region.textContent.trim();
      if (text && region.checkVisibility()) said.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
})();
