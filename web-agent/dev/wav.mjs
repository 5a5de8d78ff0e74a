// A recording for the pretend server: noise, stereo, µ-law.

export const wav = (ms) => {
  const len = Math.floor(ms / 1000) * 16000;
  const b = Buffer.alloc(58 + len, 0xff);
  b.write("RIFF", 0);
  b.writeUInt32LE(50 + len, 4);
  b.write("WAVEfmt ", 8);
  b.writeUInt32LE(18, 16);
  b.writeUInt16LE(7, 20);
  b.writeUInt16LE(2, 22);
  b.writeUInt32LE(8000, 24);
  b.writeUInt32LE(16000, 28);
  b.writeUInt16LE(2, 32);
  b.writeUInt16LE(8, 34);
  b.writeUInt16LE(0, 36);
  b.write("fact", 38);
  b.writeUInt32LE(4, 42);
  b.writeUInt32LE(len / 2, 46);
  b.write("data", 50);
  b.writeUInt32LE(len, 54);
  for (let i = 58; i < b.length; i += 2) {
    b[i] = 0x80 + ((i * 7) % 96);
    b[i + 1] = (i * 5) % 96;
  }
  return b;
};
