package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service/httpapi"
)

// pastedText is the text of a paper.
type pastedText struct {
	Text string `json:"text" maxLength:"1048576" doc:"as it is copied from Word, a PDF or a page"`
}

// minutesOf is a text about a meeting.
type minutesOf struct {
	httpapi.Cycle
	Meeting string `path:"meeting" maxLength:"100" doc:"key of the meeting" example:"cosi-2021-12"`
	Body    pastedText
}

// releaseOf is a text about results.
type releaseOf struct {
	httpapi.Cycle
	Day      string `query:"day" maxLength:"100" doc:"key of joint action days in their register" example:"jad-2023-11"`
	Year     int    `query:"year" minimum:"0" maximum:"9999" doc:"of the reports"`
	Period   string `query:"period" maxLength:"100" doc:"of the reports"`
	Priority string `query:"priority" maxLength:"100" doc:"key of a priority"`
	Body     pastedText
}

// The operations on texts that are pasted in. They record nothing, and are made of others.
var (
	readMinutes = httpapi.Operation[minutesOf, papers.Minutes]{
		ID: "read-minutes", Method: http.MethodPost, Path: "/v1/cycles/{cycle}/meetings/{meeting}/text", Summary: "Recognise what the text of an agenda or of an outcome is about",
		Codes: []policy.Code{policy.CodeUnknown, policy.CodeMarking},
	}
	holdRelease = httpapi.Operation[releaseOf, papers.Release]{
		ID: "hold-release", Method: http.MethodPost, Path: "/v1/cycles/{cycle}/press", Summary: "Hold the numbers of a press release against the record",
		Codes: []policy.Code{policy.CodeUnknown, policy.CodeMarking, policy.CodeNotReady},
	}
)

// pasted serves texts that are pasted in.
func (s *server) pasted(api huma.API) {
	register(s, api, readMinutes, func(ctx context.Context, c call, in *minutesOf) (*papers.Minutes, error) {
		return papers.ReadMinutes(ctx, c.Service, in.Cycle.Cycle, in.Meeting, in.Body.Text)
	})
	register(s, api, holdRelease, func(ctx context.Context, c call, in *releaseOf) (*papers.Release, error) {
		of := papers.ReleaseOf{Day: in.Day, SummaryFilter: rules.SummaryFilter{Year: in.Year, Period: in.Period, Priority: in.Priority}}
		return papers.ReadRelease(ctx, c.Service, in.Cycle.Cycle, of, in.Body.Text)
	})
}
