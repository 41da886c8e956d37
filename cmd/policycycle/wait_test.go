package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
)

// patientApp is a command that waits 15 s without a sign of life, before a person.
func patientApp() (*app, *bytes.Buffer) {
	var shown bytes.Buffer
	a := newApp(fakeParts(nil), nil, &bytes.Buffer{}, &shown, nil)
	a.config.Timeout = 15 * time.Second
	a.err.terminal = true
	return a, &shown
}

// takes is work that is done after a time, and tells so many times how far it is.
func takes(length time.Duration, tells int) func(context.Context) error {
	return func(ctx context.Context) error {
		for n := range tells + 1 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(length / time.Duration(tells+1)):
				advance.Tell(ctx, "acts and rows", n+1, tells)
			}
		}
		return nil
	}
}

func TestWait_LastsAsLongAsThereIsLifeAndProgress(t *testing.T) {
	t.Parallel()
	lives := func(context.Context) error { return nil }
	dead := func(context.Context) error { return errors.New("nobody is there") }
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, tc := range map[string]struct {
		alive func(context.Context) error
		work  func(context.Context) error
		ends  time.Duration // when, at the latest
		says  string        // empty where all goes well
	}{
		"an answer that comes late, from one that lives": {lives, takes(4*time.Minute, 0), 4 * time.Minute, ""},
		"long work that gets on":                         {dead, takes(3*time.Hour, 1000), 3 * time.Hour, ""},
		"nobody there":                                   {dead, takes(time.Hour, 0), 20 * time.Second, "gave no sign of life for 15s"},
		"somebody there who says nothing":                {hangs, takes(time.Hour, 0), 20 * time.Second, "gave no sign of life for 15s"},
		"nobody to be asked":                             {nil, takes(time.Hour, 0), 20 * time.Second, "gave no sign of life for 15s"},
		"one that lives and gets no further":             {lives, takes(9*time.Hour, 0), 6 * time.Minute, "has got no further for 5m0s"},
		"work that does not end when nobody waits": {dead, func(ctx context.Context) error {
			<-ctx.Done()
			<-time.After(time.Minute)
			return nil
		}, 30 * time.Second, "gave no sign of life for 15s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, _ := patientApp()
				began := time.Now()
				err := a.wait(t.Context(), acting("the engine", tc.alive), tc.work)
				switch took := time.Since(began); {
				case took > tc.ends:
					t.Errorf("it took %s", took)
				case tc.says == "" && err != nil, tc.says != "" && (policy.CodeOf(err) != policy.CodeOutcomeUnknown || !strings.Contains(err.Error(), tc.says)):
					t.Errorf("ended with %v", err)
				}
				<-time.After(time.Minute) // for what goes on though nobody waits
			})
		})
	}
}

func TestWait_TellsAPersonWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		work   func(context.Context) error
		format string
		says   string
	}{
		"a question":             {takes(13*time.Second, 0), formatTable, "waiting for the engine: 12 s…"},
		"long work":              {takes(30*time.Second, 60), formatTable, "20 of 60 acts and rows"},
		"one answered at once":   {takes(time.Second, 0), formatTable, ""},
		"a program is told none": {takes(13*time.Second, 0), formatJSON, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, shown := patientApp()
				a.format = tc.format
				if err := a.wait(t.Context(), asking("the engine", nil), tc.work); err != nil {
					t.Fatal(err)
				}
				if tc.says == "" && shown.Len() > 0 || !strings.Contains(shown.String(), tc.says) {
					t.Errorf("shown %q", shown)
				}
				if text := shown.String(); text != "" && !strings.HasSuffix(text, "\r\x1b[K") {
					t.Error("the line stays")
				}
			})
		})
	}
}

func TestWait_LetsAnUnansweredActBeRepeatedAsTheSame(t *testing.T) {
	t.Parallel()
	unknown := &policy.Error{Code: policy.CodeOutcomeUnknown, Message: "no answer came in time", Record: "5f2c"}
	svc := &fakeService{refuse: func(policy.Subject) error { return unknown }}
	got := command(t.Context(), fakeParts(svc), nil, decideArgs()...)
	if got.status != 11 || !strings.Contains(got.err, "--id 5f2c") {
		t.Errorf("%+v", got)
	}
	got = command(t.Context(), fakeParts(svc), nil, decideArgs("-o", "json")...)
	if !strings.Contains(got.err, `"record": "5f2c"`) {
		t.Errorf("%+v", got)
	}
	synctest.Test(t, func(t *testing.T) {
		a, _ := patientApp()
		err := a.wait(t.Context(), acting("the engine", nil), func(ctx context.Context) error {
			<-ctx.Done()
			return errors.Join(unknown, ctx.Err())
		})
		if refusal := refusalOf(err); refusal.Record != "5f2c" {
			t.Errorf("waited for in vain: %+v", refusal)
		}
	})
}

// What was refused at the last moment was refused.
func TestWait_TellsARefusalThoughTimeHasRunOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _ := patientApp()
		err := a.wait(t.Context(), acting("the engine", nil), func(ctx context.Context) error {
			<-ctx.Done()
			return policy.Refuse(policy.CodeNotOpen, "it is not open")
		})
		if policy.CodeOf(err) != policy.CodeNotOpen {
			t.Error(err)
		}
	})
}
