/** Lets the router, and every link, work under the base path without knowing of it. */
import { type ComponentChildren, options, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso';
import { atBase, BASE_PATH, fromBase } from './base-path.ts';

export function BaseLocationProvider({ children }: { readonly children: ComponentChildren }) {
  if (BASE_PATH === '') return <LocationProvider>{children}</LocationProvider>;
  return (
    <LocationProvider scope={`${BASE_PATH}/`}>
      <WithoutBase>{children}</WithoutBase>
    </LocationProvider>
  );
}

function WithoutBase({ children }: { readonly children: ComponentChildren }) {
  const location = useLocation();
  const own = useMemo(
    () => ({
      ...location,
      url: fromBase(location.url),
      path: fromBase(location.path),
      route: (url: string, replace?: boolean) => location.route(atBase(url), replace),
    }),
    [location],
  );
  return <LocationProvider.ctx.Provider value={own}>{children}</LocationProvider.ctx.Provider>;
}

/** To be called before anything is rendered: links that begin with `/` lead to pages and routes of ours. */
export function linkUnderBase(): void {
  if (BASE_PATH === '') return;
  const before = options.vnode;
  options.vnode = (vnode) => {
    if (vnode.type === 'a') prefixHref(vnode);
    before?.(vnode);
  };
}

function prefixHref({ props }: VNode<{ href?: unknown }>): void {
  if (typeof props.href === 'string' && props.href.startsWith('/')) props.href = atBase(props.href);
}
