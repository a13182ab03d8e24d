/** The element that a page is known to hold. Throws when the page and its script disagree. */
export function find<E extends Element>(root: ParentNode, selector: string, type: new () => E): E {
  const element = root.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} at ${selector}`);
}

/** A copy of the one element inside `<template id=…>`. */
export function stamp(id: string): HTMLElement {
  const template = find(document, `template#${id}`, HTMLTemplateElement);
  const element = document.importNode(template.content, true).firstElementChild;
  if (element instanceof HTMLElement) return element;
  throw new Error(`the template ${id} is empty`);
}

/** Writes a text that differs: an equal one leaves selections and screen readers alone. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute that differs, and removes one that is null. */
export function mark(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
