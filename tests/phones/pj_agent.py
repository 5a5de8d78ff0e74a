"""An agent's phone on pjsua2 (PJSIP), driven line by line: says what happens on stdout, takes orders on stdin.

    pj_agent.py SERVER:PORT USER PASSWORD LOCAL_IP SAY.wav HEARD.wav [udp|tcp] [auto|manual]

Orders: answer, hold, unhold, dtmf DIGITS, hangup, quit. Lines: registered CODE, ringing FROM, state NAME, media STATUS.
"""
import select
import sys
import time

import pjsua2 as pj

server, user, password, local, say, heard, transport, mode = (sys.argv[1:] + ["udp", "auto"])[:8]


def tell(*words):
    print(*words, flush=True)


class Call(pj.Call):
    def __init__(self, account, call_id):
        super().__init__(account, call_id)
        self.player = self.recorder = None

    def onCallState(self, param):
        info = self.getInfo()
        tell("state", info.stateText)

    def onCallMediaState(self, param):
        # Kept: the list is a view into it.
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            tell("media", media.status)
            if media.status != pj.PJSUA_CALL_MEDIA_ACTIVE:
                continue
            audio = self.getAudioMedia(index)
            if self.player is None:
                self.player, self.recorder = pj.AudioMediaPlayer(), pj.AudioMediaRecorder()
                self.player.createPlayer(say, 0)
                self.recorder.createRecorder(heard)
            self.player.startTransmit(audio)
            audio.startTransmit(self.recorder)


class Account(pj.Account):
    call = None

    def onRegState(self, param):
        tell("registered", param.code)

    def onIncomingCall(self, param):
        self.call = Call(self, param.callId)
        tell("ringing", self.call.getInfo().remoteUri)
        answer = pj.CallOpParam()
        answer.statusCode = 180
        self.call.answer(answer)
        if mode == "auto":
            answer.statusCode = 200
            self.call.answer(answer)


endpoint = pj.Endpoint()
endpoint.libCreate()
config = pj.EpConfig()
config.logConfig.level = config.logConfig.consoleLevel = 0
config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
config.uaConfig.threadCnt = 0
config.uaConfig.mainThreadOnly = True
endpoint.libInit(config)
port = pj.TransportConfig()
port.boundAddress = local
kind = pj.PJSIP_TRANSPORT_TCP if transport == "tcp" else pj.PJSIP_TRANSPORT_UDP
endpoint.transportCreate(kind, port)
endpoint.libStart()
endpoint.audDevManager().setNullDev()
for codec in endpoint.codecEnum2():
    endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMA") else 0)

settings = pj.AccountConfig()
settings.idUri = f"sip:{user}@{server.split(':')[0]}"
suffix = ";transport=tcp" if transport == "tcp" else ""
settings.regConfig.registrarUri = f"sip:{server}{suffix}"
settings.regConfig.timeoutSec = 60
settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
settings.mediaConfig.transportConfig.boundAddress = local
settings.mediaConfig.transportConfig.port = 43000
account = Account()
account.create(settings)


def order(line):
    words = line.split()
    call = account.call
    if not words:
        return True
    if words[0] == "quit":
        return False
    if call is None:
        tell("no call")
    elif words[0] == "answer":
        param = pj.CallOpParam()
        param.statusCode = 200
        call.answer(param)
    elif words[0] == "hold":
        call.setHold(pj.CallOpParam())
    elif words[0] == "unhold":
        param = pj.CallOpParam(True)
        param.opt.flag = pj.PJSUA_CALL_UNHOLD
        call.reinvite(param)
    elif words[0] == "dtmf":
        call.dialDtmf(words[1])
    elif words[0] == "hangup":
        call.hangup(pj.CallOpParam())
    return True


# A parent that is gone closes stdin; an hour is longer than any test.
until = time.time() + 3600
rest, going = "", True
while going and time.time() < until:
    endpoint.libHandleEvents(20)
    while going and select.select([sys.stdin], [], [], 0)[0]:
        line = sys.stdin.readline()
        going = bool(line) and order(line)
account.call = None
account.shutdown()
endpoint.libDestroy()
