package main

import (
	"context"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// openPolicycycle gives the product, and the bare Temporal SDK on the same engine.
func openPolicycycle(ctx context.Context, st *stand) ([]*subject, error) {
	bed, err := bench.Make(ctx, bench.Options{
		URL: st.address(embedded.Database), TemporalAddress: st.engine.TemporalAddress, Namespace: st.engine.Namespace,
		Store: store.Options{Asserted: true},
	})
	if err != nil {
		return nil, err
	}
	st.atEnd(bed.Close)
	if err := bed.Bare(ctx, st.runs); err != nil {
		return nil, err
	}
	plans, err := bed.Plans(ctx, st.named("plans"), st.runs)
	if err != nil {
		return nil, err
	}
	items, err := bed.Items(ctx, st.named("items"), st.runs)
	if err != nil {
		return nil, err
	}
	return []*subject{
		{name: "update", crowd: true, settle: st.settled, database: embedded.Database, temporal: true, approve: func(ctx context.Context, run int, _ string) error {
			return bed.Update(ctx, bench.BareID(false, run%st.runs))
		}},
		{name: "update-sql", crowd: true, settle: st.settled, database: embedded.Database, temporal: true, approve: func(ctx context.Context, run int, _ string) error {
			return bed.Update(ctx, bench.BareID(true, run%st.runs))
		}},
		{name: product, crowd: true, settle: st.settled, database: embedded.Database, temporal: true, approve: func(ctx context.Context, run int, comment string) error {
			return bed.Postpone(ctx, plans[run%st.runs], comment)
		}},
		{name: confirmed, settle: st.settled, database: embedded.Database, temporal: true, approve: func(ctx context.Context, run int, comment string) error {
			return decideAndConfirm(ctx, bed, items[run%st.runs], comment)
		}},
	}, nil
}

// decideAndConfirm records an outcome, and as a second person confirms it.
func decideAndConfirm(ctx context.Context, bed *bench.Bed, item policy.Subject, comment string) error {
	record, err := bed.PostponeItem(ctx, item, comment)
	if err != nil {
		return err
	}
	return bed.ConfirmItem(ctx, record)
}
