//! Registering many stations that share one address, before SIPp answers for them there: REGISTER with digest, one
//! after the other, over one socket (RFC 3261 §10.2, §22).

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use bytes::Bytes;
use cti_gateway::sip::auth::Answerer;
use cti_gateway::sip::message::{Headers, Message, Method, Name, Request, Response, parse};

use crate::{Fault, company};

/// Registers the first `count` stations of the company at `port`, for an hour. The port is free again afterwards.
pub fn all(server: SocketAddr, port: u16, count: u16) -> Result<(), Fault> {
    each(server, port, count, Span { cseq: 1, expires: 3600 })
}

/// Signs them off again: a phone that is off but registered is asked by OPTIONS, and asked again, whether it is there.
pub fn none(server: SocketAddr, port: u16, count: u16) -> Result<(), Fault> {
    each(server, port, count, Span { cseq: 11, expires: 0 })
}

/// For how many seconds, and from which CSeq on: it grows with each REGISTER of a phone (RFC 3261 §10.2).
#[derive(Clone, Copy)]
struct Span {
    cseq: u32,
    expires: u32,
}

fn each(server: SocketAddr, port: u16, count: u16, span: Span) -> Result<(), Fault> {
    let socket = UdpSocket::bind(("127.0.0.1", port))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(Duration::from_millis(500)))?;
    for n in 0..i64::from(count) {
        one(&socket, company::FIRST_STATION + n, span)?;
    }
    Ok(())
}

fn one(socket: &UdpSocket, station: i64, span: Span) -> Result<(), Fault> {
    let mut answerer = Answerer::default();
    for cseq in span.cseq..span.cseq + 3 {
        let asked = request(socket, station, Span { cseq, ..span }, &mut answerer)?;
        let response = exchange(socket, &asked, cseq)?;
        match response.status {
            200 => return Ok(()),
            401 => answerer.hear(&response).map_err(|why| format!("station {station}: {why:?}"))?,
            status => return Err(format!("station {station} was refused with {status}").into()),
        }
    }
    Err(format!("station {station} was challenged again and again").into())
}

fn request(socket: &UdpSocket, station: i64, span: Span, answerer: &mut Answerer) -> Result<Bytes, Fault> {
    let (local, server, cseq) = (socket.local_addr()?, socket.peer_addr()?, span.cseq);
    let mut headers = Headers::new();
    headers.push(Name::Via, &format!("SIP/2.0/UDP {local};rport;branch=z9hG4bKbench{station}x{cseq}"));
    headers.push(Name::MaxForwards, "70");
    headers.push(Name::From, &format!("<sip:{station}@{}>;tag=bench{station}", server.ip()));
    headers.push(Name::To, &format!("<sip:{station}@{}>", server.ip()));
    headers.push(Name::CallId, &format!("bench-register-{station}"));
    headers.push(Name::CSeq, &format!("{cseq} REGISTER"));
    headers.push(Name::Contact, &format!("<sip:{station}@{local}>"));
    headers.push(Name::Expires, &span.expires.to_string());
    let uri = format!("sip:{}", server.ip());
    let mut request = Request { method: Method::Register, uri, headers, body: Bytes::new(), defect: None };
    let user = station.to_string();
    for (name, value) in answerer.lines(&user, &company::password(station), (&request).into(), "bench") {
        request = request.with(name, &value);
    }
    Ok(request.to_bytes())
}

fn exchange(socket: &UdpSocket, asked: &Bytes, cseq: u32) -> Result<Response, Fault> {
    let mut buffer = [0; 4096];
    for _ in 0..10 {
        socket.send(asked)?;
        let Ok(length) = socket.recv(&mut buffer) else { continue };
        if let Ok(Message::Response(response)) = parse(Bytes::copy_from_slice(&buffer[..length]))
            && response.headers.cseq().is_ok_and(|c| c.method == Method::Register && c.number == cseq)
        {
            return Ok(response);
        }
    }
    Err("no answer to REGISTER".into())
}
