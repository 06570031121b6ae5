/** Closes the dialog that it stands in, as Escape does: what would be lost is asked about first. */
import { useLeave } from '../state/use-unsaved.ts';
import { Button } from './button.tsx';

export function CancelButton({ onClose }: { readonly onClose: () => void }) {
  const leave = useLeave();
  return <Button onClick={() => leave(onClose)}>Cancel</Button>;
}
