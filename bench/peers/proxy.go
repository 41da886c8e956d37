package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
)

// proxy stands before Postgres and counts how often a client says something after an
// answer: the round trips.
type proxy struct {
	listener net.Listener
	postgres string
	wait     sync.WaitGroup

	lock   sync.Mutex
	counts map[string]float64 // by database
}

func startProxy(ctx context.Context, databaseURL string) (*proxy, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, postgres: u.Host, counts: map[string]float64{}}
	p.wait.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.wait.Go(func() { p.serve(ctx, client) })
		}
	})
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// close waits for the connections to end: close the clients first.
func (p *proxy) close() {
	_ = p.listener.Close()
	p.wait.Wait()
}

func (p *proxy) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	postgres, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.postgres)
	if err != nil {
		return
	}
	defer postgres.Close()
	var answered atomic.Bool
	p.wait.Go(func() {
		passOn(client, postgres, func([]byte) { answered.Store(true) })
		_ = client.Close()
	})
	var database string
	passOn(postgres, client, func(said []byte) {
		if database == "" { // the first thing that is said
			database = databaseOf(said)
		}
		if answered.Swap(false) {
			p.lock.Lock()
			p.counts[database]++
			p.lock.Unlock()
		}
	})
}

// trips tells how many there were, by database.
func (p *proxy) trips() map[string]float64 {
	p.lock.Lock()
	defer p.lock.Unlock()
	return maps.Clone(p.counts)
}

// databaseOf reads for which database a connection is opened.
func databaseOf(startup []byte) string {
	_, after, _ := bytes.Cut(startup, []byte("\x00database\x00"))
	name, _, _ := bytes.Cut(after, []byte{0})
	return string(name)
}

// passOn copies until one side ends, and tells of each piece before it is passed on.
func passOn(to io.Writer, from io.Reader, tell func([]byte)) {
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 {
			tell(piece[:n])
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
