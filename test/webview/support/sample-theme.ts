// The colours of VS Code's dark theme, as a chart's layout gets them.

export const sampleTheme = {
  foreground: '#cccccc',
  muted: '#9d9d9d',
  axis: '#2b2b2b',
  grid: '#2b2b2c',
  background: '#1f1f1f',
  blue: '#3794ff',
  green: '#89d185',
  orange: '#d18616',
  red: '#f14c4c',
  fontFamily: 'sans-serif',
  fontSize: 11,
  highContrast: false,
};
