// Contrast, computed as WCAG 2 has it from the colours that the browser uses.

/** Runs in the page: every text that is seen with less contrast to its ground than WCAG AA asks for. */
export function lowContrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [red, green, blue], alpha: alpha / 255 };
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((channel) => channel / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const over = (top, bottom) => top.rgb.map((channel, at) => channel * top.alpha + bottom[at] * (1 - top.alpha));
  const groundOf = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    const base = matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
    return layers.reverse().reduce((ground, layer) => over(layer, ground), base);
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const isSeen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.closest(".unseen, .skip") === null;
    if (!isSeen || element.disabled || !(hasText(element) || element.matches("input, textarea, select"))) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ground = groundOf(element);
    const contrast = ratio(over(rgba(style.color), ground), ground);
    if (contrast < (isLarge ? 3 : 4.5)) found.push(`${element.tagName} “${element.textContent.trim().slice(0, 40)}”: ${contrast.toFixed(2)}`);
  }
  return found;
}
