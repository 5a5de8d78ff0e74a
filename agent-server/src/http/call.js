// A button for web pages: who visits calls one of our numbers from the browser. No framework, in a shadow root of its own.
//   <script src="https://calls.example.com/call.js" data-number="8000" async></script>
// data-language: zh-CN or en (else the page's); data-token: who the visitor is, as your server signed it; data-into: a selector
// of where the button stands (else the corner). window.zuoxiToken, a function, is asked for a token at each call.
(() => {
  const script = document.currentScript;
  const given = script.dataset;
  const home = new URL(script.src);
  const words = {
    zh: {
      call: "在线通话", calling: "正在接通…", asking: "请允许使用麦克风…", talking: "通话中", hangup: "挂断", mute: "静音",
      unmute: "取消静音", keypad: "拨号键盘", key: "按键", again: "再次呼叫", close: "关闭", ended: "通话已结束",
      microphone: "无法使用麦克风：请在浏览器地址栏允许后重试。", none: "未找到麦克风，请接上后重试。",
      insecure: "此网页未使用 https，浏览器不提供麦克风。", unsupported: "此浏览器不支持通话，请改用较新的浏览器。",
      network: "网络连接失败，请稍后重试。", busy: "线路繁忙，请稍后再拨。", refused: "目前无法通话。",
      lost: "网络中断，通话已结束。", nobody: "暂时无人接听，请稍后再拨。", region: "网页通话",
    },
    en: {
      call: "Call us", calling: "Connecting…", asking: "Please allow the microphone…", talking: "In a call", hangup: "Hang up",
      mute: "Mute", unmute: "Unmute", keypad: "Keypad", key: "Key", again: "Call again", close: "Close", ended: "The call has ended",
      microphone: "The microphone is not allowed: allow it in the address bar and try again.",
      none: "No microphone was found. Connect one and try again.",
      insecure: "This page does not use https, so the browser gives no microphone.",
      unsupported: "This browser cannot call. Please use a newer one.",
      network: "The network failed. Please try again shortly.", busy: "All lines are busy. Please try again shortly.",
      refused: "Calling is not possible at the moment.", lost: "The network broke, and the call with it.",
      nobody: "Nobody could answer. Please try again later.", region: "Call from this page",
    },
  };
  const language = given.language || document.documentElement.lang || navigator.language || "en";
  const say = words[/^zh/i.test(language) ? "zh" : "en"];
  const why = {
    busy: "busy", address_busy: "busy", too_many_attempts: "busy", stopping: "busy", no_line: "busy", shutdown: "busy",
    no_answer: "nobody", max_wait: "nobody", unreachable: "nobody", media_timeout: "lost", failed: "lost", interrupted: "lost",
  };

  const host = document.createElement("div");
  host.lang = say === words.zh ? "zh-CN" : "en";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { ${given.into ? "display: inline-block" : "position: fixed; right: 20px; bottom: 20px; z-index: 2147483000"}; }
    * { box-sizing: border-box; font: 15px/1.4 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
    [hidden] { display: none !important; }
    button { border: 0; border-radius: 22px; padding: 11px 18px; background: #0958d9; color: #fff; cursor: pointer; min-width: 44px; min-height: 44px; }
    button:focus-visible { outline: 3px solid #faad14; outline-offset: 2px; }
    .panel { width: 264px; padding: 16px; border-radius: 14px; background: #fff; color: #1f1f1f; box-shadow: 0 6px 28px rgba(0,0,0,.28); }
    .state { margin: 0 0 4px; font-weight: 600; overflow-wrap: anywhere; }
    .time { margin: 0 0 10px; font-variant-numeric: tabular-nums; color: #434343; }
    .row { display: flex; gap: 8px; flex-wrap: wrap; }
    .row button { flex: 1 1 auto; }
    .plain { background: #e6e6e6; color: #1f1f1f; }
    .plain[aria-pressed="true"], .plain[aria-expanded="true"] { background: #bae0ff; }
    .end { background: #cf1322; }
    .keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 10px 0; }
    @media (prefers-color-scheme: dark) { .panel { background: #1f1f1f; color: #f0f0f0; } .time { color: #bfbfbf; }
      .plain { background: #3d3d3d; color: #f0f0f0; } .plain[aria-pressed="true"], .plain[aria-expanded="true"] { background: #15417e; } }
  `);
  root.adoptedStyleSheets = [sheet];
  const make = (tag, more = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(more)) name in made ? (made[name] = value) : made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const start = make("button", { type: "button", className: "start", textContent: say.call });
  const state = make("p", { className: "state", role: "status" });
  const time = make("p", { className: "time", role: "timer" });
  const mute = make("button", { type: "button", className: "plain mute", textContent: say.mute });
  const pad = make("button", { type: "button", className: "plain pad", textContent: say.keypad });
  const end = make("button", { type: "button", className: "end", textContent: say.hangup });
  const again = make("button", { type: "button", className: "again", textContent: say.again });
  const close = make("button", { type: "button", className: "plain close", textContent: say.close });
  const keys = make("div", { className: "keys", role: "group", "aria-label": say.keypad });
  for (const key of "123456789*0#")
    keys.append(make("button", { type: "button", className: "plain", textContent: key, "aria-label": `${say.key} ${key}`, onclick: () => press(key) }));
  const sound = make("audio", { autoplay: true });
  const panel = make("section", { className: "panel", hidden: true, "aria-label": say.region }, state, time, keys,
    make("div", { className: "row" }, mute, pad, end, again, close), sound);
  root.append(start, panel);

  let now = "idle";
  /** Of the call under way; null: none. */
  let call = null;
  let began = 0;
  let clock = 0;

  function show(next, text) {
    const focused = root.activeElement;
    now = next;
    const here = next !== "idle" && next !== "ended";
    start.hidden = next !== "idle";
    panel.hidden = next === "idle";
    state.textContent = text || "";
    time.hidden = next !== "talking" && !(next === "ended" && began);
    mute.hidden = pad.hidden = next !== "talking";
    end.hidden = !here;
    again.hidden = close.hidden = next !== "ended";
    if (next !== "talking") unfold(false);
    host.dataset.state = next;
    // Who stood on a button that went stands on the next one; who is elsewhere on the page stays there.
    if (focused?.closest("[hidden]")) ({ idle: start, ended: again }[next] || end).focus();
    host.dispatchEvent(new CustomEvent("zuoxi-call", { detail: { state: next, text }, bubbles: true, composed: true }));
  }

  function muted(on) {
    mute.setAttribute("aria-pressed", String(on));
    mute.textContent = on ? say.unmute : say.mute;
  }

  function unfold(on) {
    keys.hidden = !on;
    pad.setAttribute("aria-expanded", String(on));
  }

  function tick() {
    const seconds = Math.floor((Date.now() - began) / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  const tell = (said) => call?.line?.readyState === 1 && call.line.send(JSON.stringify(said));

  function press(key) {
    tell({ kind: "digit", digit: key });
  }

  /** Lets go of everything; said once for each call. */
  function over(text) {
    const old = call;
    call = null;
    clearInterval(clock);
    if (!old) return;
    clearTimeout(old.cut);
    for (const track of old.stream?.getTracks() ?? []) track.stop();
    old.peer?.close();
    old.line?.close(1000);
    sound.srcObject = null;
    show("ended", text || say.ended);
  }

  async function microphone() {
    if (!window.isSecureContext) throw new Error(say.insecure);
    if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) throw new Error(say.unsupported);
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (no) {
      throw new Error(no.name === "NotFoundError" ? say.none : say.microphone);
    }
  }

  async function begin() {
    if (call) return;
    const mine = (call = { line: null, peer: null, stream: null, cut: 0 });
    began = 0;
    muted(false);
    show("asking", say.asking);
    try {
      const stream = await microphone();
      if (call !== mine) return stream.getTracks().forEach((track) => track.stop());
      mine.stream = stream;
      show("calling", say.calling);
      mine.token = given.token || (await window.zuoxiToken?.()) || undefined;
      if (call !== mine) return;
      const at = new URL("/api/v1/web-call", home);
      at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
      const line = (mine.line = new WebSocket(at));
      line.onmessage = (message) => call === mine && heard(mine, JSON.parse(message.data));
      // While the audio flows the call goes on without it.
      line.onclose = () => call === mine && now !== "talking" && over(say.network);
    } catch (no) {
      if (call === mine) over(no.message || say.network);
    }
  }

  async function connect(mine, iceServers) {
    try {
      const peer = (mine.peer = new RTCPeerConnection({ iceServers }));
      peer.addTransceiver(mine.stream.getAudioTracks()[0], { direction: "sendrecv", streams: [mine.stream] });
      peer.ontrack = (event) => {
        sound.srcObject = event.streams[0] || new MediaStream([event.track]);
        sound.play().catch(() => {});
      };
      peer.onconnectionstatechange = () => changed(mine);
      await peer.setLocalDescription(await peer.createOffer());
      // No waiting for candidates: the server has one address, and learns ours from the first packet.
      if (call === mine) tell({ kind: "call", number: given.number || "", sdp: peer.localDescription.sdp, token: mine.token });
    } catch {
      if (call === mine) over(say.unsupported);
    }
  }

  function heard(mine, told) {
    if (told.kind === "hello") {
      connect(mine, told.iceServers);
    } else if (told.kind === "answer") {
      mine.peer.setRemoteDescription({ type: "answer", sdp: told.sdp }).catch(() => over(say.network));
    } else if (told.kind === "refused") {
      console.warn(`Zuoxi call.js: ${told.code}: ${told.message}`);
      over(say[why[told.code] || "refused"]);
    } else if (told.kind === "ended") {
      over(say[why[told.cause] || "ended"]);
    }
  }

  function changed(mine) {
    if (call !== mine) return;
    const how = mine.peer.connectionState;
    clearTimeout(mine.cut);
    if (how === "connected" && now !== "talking") {
      began = Date.now();
      tick();
      clock = setInterval(tick, 1000);
      show("talking", say.talking);
    } else if (how === "disconnected") {
      renew(mine);
      mine.cut = setTimeout(() => call === mine && over(say.lost), 8000);
    } else if (how === "failed" || how === "closed") {
      // Why comes on the line, if it still stands.
      mine.cut = setTimeout(() => call === mine && over(how === "failed" ? say.lost : say.ended), 1000);
    }
  }

  /** Another network: the same call goes another way. */
  async function renew(mine) {
    if (!mine || call !== mine || now !== "talking" || mine.line.readyState !== 1) return;
    try {
      await mine.peer.setLocalDescription(await mine.peer.createOffer({ iceRestart: true }));
      tell({ kind: "renew", sdp: mine.peer.localDescription.sdp });
    } catch {
      // As it was; silence is found out on both sides.
    }
  }

  function hangUp() {
    tell({ kind: "bye" });
    over(say.ended);
  }

  start.onclick = again.onclick = () => begin();
  end.onclick = hangUp;
  close.onclick = () => (show("idle"), start.focus());
  pad.onclick = () => unfold(keys.hidden);
  mute.onclick = () => {
    const track = call?.stream.getAudioTracks()[0];
    if (track) muted((track.enabled = !track.enabled) === false);
  };
  panel.addEventListener("keydown", (event) => {
    if (now === "talking" && /^[0-9*#]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) press(event.key);
    if (event.key === "Escape" && !keys.hidden) (unfold(false), pad.focus());
  });
  for (const source of [window, navigator.connection]) source?.addEventListener(source === window ? "online" : "change", () => renew(call));
  addEventListener("pagehide", () => call && hangUp());
  show("idle");
  const place = () => ((given.into && document.querySelector(given.into)) || document.body).append(host);
  document.body ? place() : addEventListener("DOMContentLoaded", place);
  window.zuoxiCall = { call: begin, hangUp: () => call && hangUp(), renew: () => renew(call), get state() { return now; } };
})();
