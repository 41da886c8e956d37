package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/web/text"
)

// sheetOf names a table that goes out as a workbook.
type sheetOf struct {
	httpapi.Cycle
	What     string `query:"what" required:"true" maxLength:"300" doc:"an OAP or a change of one, all OAPs of a period, a register, or the consents of a State" example:"oap/2022/firearms"`
	Key      string `query:"key" maxLength:"300" doc:"of a register the rows whose key begins so" example:"2022/firearms/may/"`
	Language string `query:"language" enum:"en,fr,de" default:"en" doc:"of the titles"`
}

// sheetIn is a workbook that comes in.
type sheetIn struct {
	httpapi.Cycle
	What    string `query:"what" required:"true" maxLength:"300" doc:"what it is about, as it went out" example:"oap/2022/firearms"`
	Preview bool   `query:"preview" doc:"only show what it would change"`
	Body    struct {
		Name     string             `json:"name,omitempty" maxLength:"200" doc:"of the file, by which mistakes are told" example:"firearms.xlsx"`
		Workbook []byte             `json:"workbook" doc:"the file (.xlsx)"`
		Submit   *papers.Submission `json:"submit,omitempty" doc:"hands the OAPs in, too, each as a version of its own; one that is refused stays a draft"`
		Seen     string             `json:"seen,omitempty" maxLength:"100" doc:"digest of the preview that somebody looked at: what is otherwise now is refused with wrong-version"`
	}
}

// The operations on sheets. They are made of others, so that they are no part of the contract of the service.
var (
	sheetGoesOut = httpapi.Operation[sheetOf, httpapi.Raw]{
		ID: "sheet-out", Method: http.MethodGet, Path: "/v1/cycles/{cycle}/sheets", Summary: "Give a table as a workbook, to be filled in",
		Codes: []policy.Code{policy.CodeUnknown, policy.CodeMarking},
	}
	sheetComesIn = httpapi.Operation[sheetIn, papers.Came]{
		ID: "sheet-in", Method: http.MethodPost, Path: "/v1/cycles/{cycle}/sheets", Summary: "Show what a workbook changes, and take it",
		Acts: true, MaxBody: httpapi.MaxDocument,
		Codes: []policy.Code{
			policy.CodeUnknown, policy.CodeMarking, policy.CodeNotCompetent, policy.CodeConflict, policy.CodeWrongVersion, policy.CodeNotOpen,
			policy.CodeNotReady, policy.CodeWrongDate, policy.CodeAlreadyDecided, policy.CodeBlocked, policy.CodeFourEyes, policy.CodeSeal,
			policy.CodeOutcomeUnknown,
		},
	}
)

// sheets serves tables as workbooks, out and in.
func (s *server) sheets(api huma.API) {
	registerRaw(s, api, sheetGoesOut, papers.WorkbookType, func(ctx context.Context, c call, in *sheetOf) (*httpapi.Raw, error) {
		texts, err := text.Load()
		if err != nil {
			return nil, err
		}
		book, err := papers.Sheets{Service: c.Service, Words: texts.In(in.Language)}.Of(ctx, in.Cycle.Cycle, in.What, in.Key)
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		err = book.Write(&out)
		whole := httpapi.Raw(out.Bytes())
		return &whole, err
	})
	register(s, api, sheetComesIn, s.takeSheet)
}

func (s *server) takeSheet(ctx context.Context, c call, in *sheetIn) (*papers.Came, error) {
	meant, err := papers.MeantBy(in.Cycle.Cycle + "/" + in.What)
	if err != nil {
		return nil, err
	}
	sheets := papers.Sheets{Service: c.Service}
	shown, err := sheets.Preview(ctx, in.Body.Name, in.Body.Workbook, meant)
	if err == nil && in.Body.Seen != "" {
		err = shown.Seen(in.Body.Seen)
	}
	if err == nil && in.Body.Submit != nil && shown.Changed() > 0 {
		err = shown.Judge(*in.Body.Submit)
	}
	if err == nil && !in.Preview && meant.Register.WantsFreshLogin() {
		err = s.decides(ctx)
	}
	if err != nil {
		return nil, err
	}
	came := &papers.Came{Incoming: *shown}
	if !in.Preview && shown.Changed() > 0 {
		came.Taken, err = sheets.Take(ctx, shown)
		if err == nil && in.Body.Submit != nil {
			err = sheets.HandIn(ctx, shown, came.Taken, *in.Body.Submit)
		}
	}
	return came, err
}
