/**
 * Lets the browser fetch the font along with the script instead of after the style, and paint nothing
 * before the script has run: it sets the theme that was chosen, so that the other one never flashes.
 */
import type { Plugin } from 'vite';

const FONT = /\.woff2$/;

export function loadEarly(): Plugin {
  return {
    name: 'load-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const fonts = Object.keys(bundle).filter((name) => FONT.test(name));
        return {
          html: html.replace('<script type="module"', '<script blocking="render" type="module"'),
          tags: fonts.map((name) => ({
            tag: 'link',
            attrs: {
              rel: 'preload',
              as: 'font',
              type: 'font/woff2',
              crossorigin: '',
              href: `/${name}`,
            },
            injectTo: 'head-prepend',
          })),
        };
      },
    },
  };
}
