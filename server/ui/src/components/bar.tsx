/** A figure against its limit. */

export function Bar(props: { label: string; value: number; limit: number | undefined; format(value: number): string }) {
  const { label, value, limit, format } = props;
  const part = limit ? Math.min(value / limit, 1) : 0;
  const told = limit ? `${format(value)} / ${format(limit)}` : format(value);
  return (
    <div class="bar">
      <span class="bar-label">{label}</span>
      <meter min={0} max={1} value={part} high={0.8} low={0.5} optimum={0} aria-label={`${label}: ${told}`} />
      <span class="bar-value">{told}</span>
    </div>
  );
}
