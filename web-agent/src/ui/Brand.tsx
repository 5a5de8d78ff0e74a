/** A headset that is also a person at a desk. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0958d9" />
      <path d="M8 17v-2a8 8 0 0 1 16 0v2" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      <rect x="6.5" y="16" width="5" height="8" rx="2.2" fill="#fff" />
      <rect x="20.5" y="16" width="5" height="8" rx="2.2" fill="#fff" />
      <circle cx="16" cy="20" r="2" fill="#7cc4ff" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="wordmark">
      <Mark size={36} />
      <span>
        <b>坐席</b>
        <i>Zuoxi</i>
      </span>
    </span>
  );
}
