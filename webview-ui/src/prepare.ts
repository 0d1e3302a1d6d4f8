/**
 * What libraries take for granted about a page, seen to before any of them loads: import this first.
 */

// A browser started under LANG=C calls its language `en-US@posix`, which Intl refuses; uPlot asks Intl while it loads.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}

// The toolkit tries out a style element while it loads, and looks for the policy's nonce under another attribute.
document.querySelector('meta[name="csp-nonce"]')?.setAttribute('property', 'csp-nonce');
