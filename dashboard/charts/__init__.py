"""Pictures as plain geometry: drawn by the templates as SVG, without script or style attributes."""
