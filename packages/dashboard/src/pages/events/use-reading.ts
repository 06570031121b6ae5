/**
 * Whether somebody reads a list: the pointer is over it, the focus in it, or the page is scrolled down
 * into it. Then nothing in it may move.
 */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Scrolled further, the top of the list is left. */
const SCROLLED_PX = 120;

export function useReading(list: RefObject<HTMLElement | null>): boolean {
  const [isOver, setIsOver] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const [isScrolled, setIsScrolled] = useState(false);

  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    element.addEventListener('pointerenter', () => setIsOver(true), { signal });
    element.addEventListener('pointerleave', () => setIsOver(false), { signal });
    element.addEventListener('focusin', () => setIsFocused(true), { signal });
    element.addEventListener('focusout', () => setIsFocused(false), { signal });
    const onScroll = () => setIsScrolled(window.scrollY > SCROLLED_PX);
    window.addEventListener('scroll', onScroll, { passive: true, signal });
    onScroll();
    return () => leaving.abort();
  }, []);

  return isOver || isFocused || isScrolled;
}
