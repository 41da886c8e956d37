package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
)

// paperOf names a paper.
type paperOf struct {
	httpapi.Cycle
	Kind     string `path:"kind" maxLength:"40" example:"agenda"`
	Key      string `query:"key" maxLength:"200" doc:"what it is about, such as a meeting; nothing for a paper on the whole cycle" example:"cosi-2021-12"`
	Format   string `query:"format" enum:"docx,pdf" default:"docx"`
	Language string `query:"language" enum:"en,fr,de" default:"en"`
}

// paperMade is made of other questions, so that it is no part of the contract of the service.
var paperMade = httpapi.Operation[paperOf, httpapi.Raw]{
	ID: "make-paper", Method: http.MethodGet, Path: "/v1/cycles/{cycle}/papers/{kind}", Summary: "Make a paper of what is recorded, for Word or as PDF",
	Codes: []policy.Code{policy.CodeUnknown, policy.CodeMarking},
}

// papers makes papers in each of their formats, as who asks may read them.
func (s *server) papers(api huma.API) {
	described := rawly(operation(s, paperMade), papers.DOCX.MediaType())
	for _, f := range papers.Formats {
		described.Responses["200"].Content[f.MediaType()] = described.Responses["200"].Content[papers.DOCX.MediaType()]
	}
	huma.Register(api, described, func(ctx context.Context, in *paperOf) (*raw, error) {
		out, err := ask(ctx, s, paperMade, in, s.paper)
		if err != nil {
			return nil, err
		}
		return &raw{ContentType: papers.Format(in.Format).MediaType(), Body: *out}, nil
	})
}

func (s *server) paper(ctx context.Context, c call, in *paperOf) (*httpapi.Raw, error) {
	if s.Press == nil {
		return nil, policy.Refuse(policy.CodeUnknown, "papers are not made here")
	}
	order := papers.Order{Kind: papers.Kind(in.Kind), Cycle: in.Cycle.Cycle, Key: in.Key, Languages: []string{in.Language}}
	paper, err := s.Press.Make(ctx, c, order)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.Press.Write(&out, paper, papers.Format(in.Format))
	whole := httpapi.Raw(out.Bytes())
	return &whole, err
}
