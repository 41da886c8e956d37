package rules_test

import "github.com/policycycle/policycycle/policy"

// planning holds S1 to S3, S14, S31 and S32.
var planning = map[string]plant{
	"S1 an action serves no goal": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").Goals = nil },
		finds: one("S1", blocks, "2023/drugs/2.1", "serves no strategic goal"), keeps: onDrugs,
	},
	"S1 an action serves a goal of another priority": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").Goals = []string{"drugs-1", "firearms-1"} },
		finds: one("S1", blocks, "2023/drugs/2.1", `serves the goal "firearms-1", which stands in no adopted MASP of its priority`), keeps: onDrugs,
	},
	"S1 a change brings an action that serves no goal": {
		wrong: func(s *story) { s.Action(ofChange + "/1.4").Goals = nil },
		finds: one("S1", blocks, "2022/firearms/1.4", "serves no strategic goal"), keeps: ofChange,
	},
	"S1 a directive on organised crime names no plan": {
		wrong: func(s *story) { s.Strategy("directive").Goals, s.Strategy("directive").Plans = nil, nil },
		finds: one("S1", warns, "strategy/directive", "names neither a goal of a MASP nor an OAP"),
	},
	"S1 a directive on organised crime names a goal that there is not": {
		wrong: func(s *story) { s.Strategy("directive").Goals = []string{"firearms/firearms-1", "firearms/drugs-1"} },
		finds: one("S1", warns, "strategy/directive", "names the goal firearms/drugs-1, which stands in no MASP"),
	},
	"S1 a directive on organised crime names an OAP that there is not": {
		wrong: func(s *story) { s.Strategy("directive").Plans = []string{"2024/firearms"} },
		finds: one("S1", warns, "strategy/directive", "names the OAP 2024/firearms, which the cycle does not have"),
	},
	"S1 a directive on organised crime is withdrawn": {
		wrong: func(s *story) {
			a := s.Strategy("directive")
			a.Goals, a.Plans, a.Status = nil, nil, policy.StrategyWithdrawn
		},
	},
	"S2 a change is adopted and its OAP is not": {
		wrong: func(s *story) { s.Unsettle("oap/2022/firearms") },
		finds: one("S2", blocks, ofChange, "rests on OAP 2022 Firearms, which is not settled yet"), keeps: ofChange, code: policy.CodeNotReady,
	},
	"S2 a MASP is adopted after its OAP": {
		wrong: func(s *story) { s.Last("masp/drugs").Date = date("2021-12-15") },
		finds: one("S2", blocks, "oap/2022/drugs", "was adopted on 2021-12-08, before MASP Drugs on 2021-12-15"), keeps: "oap/2022/drugs", code: policy.CodeNotReady,
		then: "rests on MASP Drugs, which is not settled yet", also: "S1",
	},
	"S2 the priorities are set after the MASPs": {
		wrong: func(s *story) { s.Last("priorities").Date = date("2021-10-20") },
		finds: []found{{"S2", blocks, "masp/firearms", "before Council conclusions on the priorities on 2021-10-20"}, {"S2", blocks, "masp/drugs", "before Council conclusions on the priorities on 2021-10-20"}},
		keeps: "masp/drugs", code: policy.CodeNotReady, then: "MASP Drugs rests on Council conclusions on the priorities, which is not settled yet",
	},
	"S2 an action begins before it is adopted": {
		wrong: func(s *story) { s.Action(ofChange + "/1.4").From = date("2022-04-19") },
		finds: one("S2", warns, "2022/firearms/1.4", "began on 2022-04-19, before it was adopted on 2022-04-20: record it as irregular"),
	},
	"S2 an action begins before it is adopted, and that is recorded": {
		wrong: func(s *story) {
			s.Action(ofChange + "/1.4").From = date("2022-04-19")
			s.Enter(policy.RegIrregular, "2022/firearms/1.4", "2022-05-01", &policy.Irregularity{Rule: "S2", Reason: "the war", ConfirmedBy: "Jan@presidency"})
		},
	},
	"S2 an action begins before it is adopted, and something else is recorded": {
		wrong: func(s *story) {
			s.Action(ofChange + "/1.4").From = date("2022-04-19")
			s.Enter(policy.RegIrregular, "2022/firearms/1.4", "2022-05-01", &policy.Irregularity{Rule: "S6", Reason: "the war", ConfirmedBy: "Jan@presidency"})
		},
		finds: one("S2", warns, "2022/firearms/1.4", "began on 2022-04-19"),
	},
	"S2 an action goes on that an OAP before began": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.1").From = date("2022-01-01") },
	},
	"S2 an action goes on that no OAP before began": {
		wrong: func(s *story) {
			a := s.Action(onFirearms + "/1.1")
			a.From, a.CarriedOverFrom, a.Area = date("2022-12-01"), "2023/firearms/1.1", "explosives"
			s.Consent(onFirearms)
		},
		finds: one("S2", warns, "2023/firearms/1.1", "began on 2022-12-01, before it was adopted on 2022-12-07"),
	},
	"S3 the priorities are set before the assessment": {
		wrong: func(s *story) { s.Last("assessment").Date = date("2021-06-01") },
		finds: one("S3", blocks, "assessment", "the priorities were set on 2021-05-26, before the assessment was there"),
		keeps: "priorities", code: policy.CodeNotReady, then: "the assessment, which is not there yet",
	},
	"S3 the priorities of 2021 rest on an OCTA": {
		wrong: func(s *story) { s.Assessment().Kind = policy.OCTA },
		finds: one("S3", blocks, "assessment", "rest on the OCTA: in 2021 it is the SOCTA"), keeps: "priorities",
	},
	"S3 the priorities of 2012 rest on a SOCTA": {
		wrong: func(s *story) { s.Definition.Assessment.Due = date("2012-12-31") },
		finds: one("S3", blocks, "assessment", "rest on the SOCTA: in 2012 it is the OCTA"),
	},
	"S3 COSI never validated the methodology": {
		wrong: func(s *story) { s.Assessment().Methodology = policy.Validated{} },
		finds: one("S3", warns, "assessment", "COSI had not validated the methodology"),
	},
	"S3 COSI validated the requirements afterwards": {
		wrong: func(s *story) { s.Assessment().Requirements.On = date("2021-04-13") },
		finds: one("S3", warns, "assessment", "COSI had not validated the customer requirements"),
	},
	"S3 a recommendation rests on nothing": {
		wrong: func(s *story) { s.Assessment().Recommendations[2].Provenance = nil },
		finds: one("S3", warns, "assessment/r3", `"Act on cars" says nothing of what it rests on`),
	},
	"S3 the advice forgets a recommendation": {
		wrong: func(s *story) { s.Advice().Advice = s.Advice().Advice[:2] },
		finds: one("S3", warns, "assessment/r3", `does not say what becomes of the recommendation "Act on cars"`),
	},
	"S3 a priority comes out of nowhere": {
		wrong: func(s *story) { s.Advice().Advice[1].Does, s.Advice().Advice[1].Priorities = policy.Leaves, nil },
		finds: one("S3", blocks, "priorities/drugs", `the priority "Drugs" was not advised and no reason is given`), keeps: "priorities",
	},
	"S3 an advised priority gets lost": {
		wrong: func(s *story) {
			s.Advice().Advice[2].Does, s.Advice().Advice[2].Priorities = policy.Takes, []string{"cars"}
		},
		finds: one("S3", blocks, "priorities/cars", `the priority "cars" was advised and is left out, without a reason`), keeps: "priorities",
	},
	"S3 the Council diverges and says why": {
		wrong: func(s *story) {
			s.Advice().Advice[1] = policy.Advice{Recommendations: []string{"r2"}, Does: policy.Takes, Priorities: []string{"cars"}, Reason: "why not"}
			content[*policy.Conclusions](s, "priorities").Divergences = []policy.Divergence{{Priority: "drugs", Reason: "they kill"}, {Priority: "cars", Reason: "they do not"}}
		},
	},
	"S14 COSI considers a legislative proposal": {
		wrong: func(s *story) { s.Strategy("directive").ConsideredBy = policy.COSI },
		finds: []found{
			{"S10", warns, "strategy/directive", "was considered by COSI: the Council alone considers it"},
			{"S14", warns, "strategy/directive", "was considered by COSI, which has no mandate for it"},
		},
	},
	"S14 COSI considers an action": {
		wrong: func(s *story) { s.Strategy("hackers").ConsideredBy = policy.COSI },
		finds: one("S10", warns, "strategy/hackers", "was considered by COSI: the Council alone considers it"),
	},
	"S31 the evaluation does not come": {
		wrong: func(s *story) { s.Unsettle("evaluation") },
		finds: one("S31", warns, "evaluation", "the evaluation was due on 2023-10-18; the cycle cannot close without it"),
	},
	"S31 the evaluation leaves a criterion out": {
		wrong: func(s *story) {
			e := content[*policy.EvaluationReport](s, "evaluation")
			e.Findings = e.Findings[:4]
		},
		finds: one("S31", warns, "evaluation", "says nothing on eu-added-value"),
	},
	"S31 a recommendation is not answered": {
		wrong: func(s *story) { s.Strike(policy.RegRecommendations, "money") },
		finds: one("S31", warns, "recommendations/money", "is neither accepted nor rejected nor done, since 2023-10-18"),
	},
	"S31 a recommendation is not answered, while there is time": {
		wrong: func(s *story) {
			s.Today = date("2023-12-31")
			s.Strike(policy.RegRecommendations, "money")
		},
	},
	"S2 a year has no period": {
		wrong: func(s *story) { s.Definition.ImplementationWindow.To = date("2024-12-31") },
		finds: one("S2", warns, "periods/2024-01-01", "no period lies in the time from 2024-01-01 to 2024-12-31: no OAP is planned for it"),
	},
	"S2 a year to come has no period yet": {
		wrong: func(s *story) {
			s.Today = date("2022-11-30")
			s.Definition.ImplementationWindow.To = date("2024-12-31")
		},
	},
	"S31 what was accepted is not done": {
		wrong: func(s *story) { row[*policy.FollowUp](s, policy.RegRecommendations, "fewer").By = date("2024-06-29") },
		finds: one("S31", warns, "recommendations/fewer", "the recommendation Better fewer was accepted, was to be carried out by 2024-06-29, and is not done"),
	},
	"S31 what was accepted has until today": {
		wrong: func(s *story) { row[*policy.FollowUp](s, policy.RegRecommendations, "fewer").By = date("2024-06-30") },
	},
	"S31 what was accepted is done": {
		wrong: func(s *story) {
			row[*policy.FollowUp](s, policy.RegRecommendations, "fewer").By = date("2024-06-01")
			s.Enter(policy.RegRecommendations, "fewer", "2024-06-01", &policy.FollowUp{State: policy.FollowDone})
		},
	},
	"S32 no body of the Union takes part": {
		wrong: func(s *story) {
			s.Action(onDrugs + "/2.1").Participants = []policy.Body{"fr"}
			s.Action(onDrugs + "/2.2").Participants = []policy.Body{"fr", "se"}
			s.Consent(onDrugs)
		},
		finds: one("S32", warns, "2023/drugs", `no body of the Union takes part in the actions of the priority "Drugs" in 2023`),
	},
	"S32 Interpol is no body of the Union": {
		wrong: func(s *story) {
			s.Action(onDrugs + "/2.1").Participants = []policy.Body{"fr", policy.Interpol}
			s.Action(onDrugs + "/2.2").Participants = []policy.Body{"fr", "se", "ch"}
			s.Consent(onDrugs)
		},
		finds: one("S32", warns, "2023/drugs", `no body of the Union takes part in the actions of the priority "Drugs" in 2023`),
	},
	"S32 who has left is no Member State": {
		wrong: func(s *story) {
			for i := range s.Plan(onDrugs).Actions {
				s.Plan(onDrugs).Actions[i].Leader, s.Plan(onDrugs).Actions[i].Participants = policy.Europol, []policy.Body{"uk"}
			}
		},
		finds: one("S32", warns, "2023/drugs", `no Member State takes part in the actions of the priority "Drugs" in 2023`),
	},
	"S32 no Member State takes part": {
		wrong: func(s *story) {
			for i := range s.Plan(onDrugs).Actions {
				s.Plan(onDrugs).Actions[i].Leader, s.Plan(onDrugs).Actions[i].Participants = policy.Europol, []policy.Body{policy.Eurojust}
			}
		},
		finds: one("S32", warns, "2023/drugs", `no Member State takes part in the actions of the priority "Drugs" in 2023`),
	},
}

// impacts holds S6 to S9 and S27.
var impacts = map[string]plant{
	"S6 an OAP is not assessed": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact = nil },
		finds: one("S6", blocks, onDrugs, "OAP 2023 Drugs has no impact assessment"), keeps: onDrugs,
	},
	"S6 a change is not assessed": {
		wrong: func(s *story) { s.Plan(ofChange).Impact = nil },
		finds: one("S6", blocks, "oap/2022/firearms", "has no impact assessment"), keeps: ofChange,
	},
	"S6 an action asks for Union money and is not assessed": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts = s.Plan(onFirearms).OwnImpacts[1:] },
		finds: one("S6", blocks, "2023/firearms/1.2", "it needs an impact assessment of its own"), keeps: onFirearms,
	},
	"S6 an external action is not assessed": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts = s.Plan(onFirearms).OwnImpacts[:1] },
		finds: one("S6", blocks, "2023/firearms/1.3", "it needs an impact assessment of its own"), keeps: onFirearms,
	},
	"S6 an action burdens citizens and is not assessed": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").BurdensOthers = true },
		finds: one("S6", blocks, "2023/drugs/2.1", "it needs an impact assessment of its own"), keeps: onDrugs,
	},
	"S6 an action pays for itself": {
		wrong: func(s *story) {
			s.Action(onDrugs + "/2.1").Funding = policy.Funding{State: policy.FundingGranted, Source: "own-resources", Need: 10}
		},
	},
	"S6 nobody signed on a day": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.On = policy.Date{} },
		finds: one("S6", blocks, onDrugs, "is not signed"), keeps: onDrugs,
	},
	"S6 nobody signed": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Reviewer = "" },
		finds: []found{
			{"S6", blocks, onDrugs, "is not signed"},
			{"S9", blocks, onDrugs, "finds subsidiarity respected without a reason or a named reviewer"},
			{"S9", blocks, onDrugs, "finds proportionality respected without a reason or a named reviewer"},
		},
		keeps: onDrugs,
	},
	"S6 the financial part is missing": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Financial = "" },
		finds: one("S6", blocks, onDrugs, "says nothing on the financial impact"), keeps: onDrugs,
	},
	"S6 the administrative part is missing": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Administrative = "" },
		finds: one("S6", blocks, onDrugs, "says nothing on the administrative impact"), keeps: onDrugs,
	},
	"S6 an OAP is assessed after its adoption": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.On = date("2022-12-08") },
		finds: one("S6", blocks, onDrugs, "is of 2022-12-08, after the adoption on 2022-12-07"), keeps: onDrugs, then: "is not signed",
	},
	"S6 an action is assessed after its adoption": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts[0].On = date("2022-12-08") },
		finds: one("S6", blocks, "2023/firearms/1.2", "is of 2022-12-08, after the adoption on 2022-12-07"), keeps: onFirearms, then: "is not signed",
	},
	"S6 what a change brings is assessed after the change": {
		wrong: func(s *story) {
			s.Action(ofChange + "/1.4").BurdensOthers = true
			s.Plan(ofChange).OwnImpacts = append(s.Plan(ofChange).OwnImpacts, policy.OwnImpact{Action: "1.4", ImpactAssessment: impact("2022-04-21")})
		},
		finds: one("S6", blocks, "2022/firearms/1.4", "is of 2022-04-21, after the adoption on 2022-04-20"), keeps: ofChange, then: "is not signed",
	},
	"S6 a change assesses what was adopted without": {
		wrong: func(s *story) { s.Plan("oap/2022/firearms").OwnImpacts = s.Plan("oap/2022/firearms").OwnImpacts[:1] },
		finds: one("S6", blocks, "2022/firearms/1.3", "is of 2022-03-21, after the adoption on 2021-12-08"),
	},
	"S6 the strategy goes ahead without an assessment": {
		wrong: func(s *story) { s.Strategy("hackers").AssessedOn = policy.Date{} },
		finds: one("S6", warns, "strategy/hackers", "is under way without a prior impact assessment"),
	},
	"S6 the strategy is assessed afterwards": {
		wrong: func(s *story) {
			s.Strategy("hackers").AssessedOn, s.Strategy("hackers").Status = date("2021-01-02"), policy.StrategyDone
		},
		finds: one("S6", warns, "strategy/hackers", "is under way without a prior impact assessment"),
	},
	"S7 there is no added value": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.AddedValue.Holds = policy.No },
		finds: one("S7", blocks, onDrugs, "does not demonstrate added value at Union level"), keeps: onDrugs,
	},
	"S7 added value is claimed": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts[0].AddedValue.Reason = "" },
		finds: one("S7", blocks, "2023/firearms/1.2", "claims added value at Union level without reasons"), keeps: onFirearms,
	},
	"S8 nobody asks the Union": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Burden.Union = "" },
		finds: one("S8", blocks, onDrugs, "does not estimate the burden on the Union"), keeps: onDrugs,
	},
	"S8 nobody asks authorities": {
		wrong: func(s *story) {
			s.Plan(onDrugs).Impact.Burden.National, s.Plan(onDrugs).Impact.Burden.Regional = "", ""
		},
		finds: []found{{"S8", blocks, onDrugs, "the burden on national authorities"}, {"S8", blocks, onDrugs, "the burden on regional authorities"}}, keeps: onDrugs,
	},
	"S8 nobody asks operators": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Burden.Operators = "" },
		finds: one("S8", blocks, onDrugs, "the burden on economic operators"), keeps: onDrugs,
	},
	"S8 nobody asks citizens": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Burden.Citizens = "" },
		finds: one("S8", blocks, onDrugs, "the burden on citizens"), keeps: onDrugs,
	},
	"S9 subsidiarity is not examined": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Subsidiarity = policy.Judgement{} },
		finds: one("S9", blocks, onDrugs, "has no finding on subsidiarity"), keeps: onDrugs,
	},
	"S9 it is out of proportion": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Proportionality.Holds = policy.No },
		finds: one("S9", blocks, onDrugs, "finds that proportionality is not respected"), keeps: onDrugs,
	},
	"S9 subsidiarity has no reason": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Subsidiarity.Reason = "" },
		finds: one("S9", blocks, onDrugs, "finds subsidiarity respected without a reason or a named reviewer"), keeps: onDrugs,
	},
	"S27 nothing is said on rights": {
		wrong: func(s *story) { s.Plan(onDrugs).Impact.Rights.Inside = "" },
		finds: one("S27", blocks, onDrugs, "says nothing on fundamental rights within the Union"), keeps: onDrugs,
	},
	"S27 nothing is said on rights elsewhere": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts[1].Rights.Outside = "" },
		finds: one("S27", blocks, "2023/firearms/1.3", "says nothing on fundamental rights outside the Union"), keeps: onFirearms,
	},
	"S27 an action at home says nothing on rights elsewhere": {
		wrong: func(s *story) { s.Plan(onFirearms).OwnImpacts[0].Rights.Outside = "" },
	},
}
