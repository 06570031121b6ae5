/** Closes its dialog, as Escape does, and asks first if something would be lost. */
import { useLeave } from '../state/use-unsaved.ts';
import { Button } from './button.tsx';

export function CancelButton({ onClose }: { readonly onClose: () => void }) {
  const leave = useLeave();
  return <Button onClick={() => leave(onClose)}>Cancel</Button>;
}
