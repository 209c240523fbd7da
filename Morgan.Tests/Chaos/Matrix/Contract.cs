using static Morgan.Tests.Chaos.Matrix.Expected;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>
/// What a gateway owes its clients, fault by fault. In all rows: it ends within the deadline; a stream ends with one
/// <c>[DONE]</c>; what came of the host's answer is the host's bytes; the host's work ends with the request; nobody is
/// asked again once an answer has begun; and when the fault is gone, so are its consequences.
/// </summary>
internal static class Contract
{
    /// <summary>Events that a failing stream sends first: the role and two tokens.</summary>
    public const int EventsBefore = 3;

    private const int LateMs = 20_000;

    /// <summary>The rows.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        //  name                   fault                                              in one piece                                  streamed
        new("none",                null,                                              Answer,                                       Answer),
        new("status-400",          new { kind = "status", status = 400 },             PassedOn(400),                                PassedOn(400)),
        new("status-401",          new { kind = "status", status = 401 },             TriedElsewhere(502, "host_misconfigured"),    TriedElsewhere(502, "host_misconfigured")),
        new("status-404",          new { kind = "status", status = 404 },             PassedOn(404),                                PassedOn(404)),
        new("status-408",          new { kind = "status", status = 408 },             TriedElsewhere(408),                          TriedElsewhere(408)),
        new("status-409",          new { kind = "status", status = 409 },             PassedOn(409),                                PassedOn(409)),
        new("status-422",          new { kind = "status", status = 422 },             PassedOn(422),                                PassedOn(422)),
        new("status-429",          new { kind = "status", status = 429, retryAfterSeconds = 60 }, TriedElsewhere(429),              TriedElsewhere(429)),
        new("status-500",          new { kind = "status", status = 500 },             TriedElsewhere(500),                          TriedElsewhere(500)),
        new("status-503",          new { kind = "status", status = 503 },             TriedElsewhere(503),                          TriedElsewhere(503)),
        new("refuse",              new { kind = "refuse" },                           TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("down",                null,                                              TriedElsewhere(503, "no_healthy_host"),       TriedElsewhere(503, "no_healthy_host")) { HostIsDown = true },
        new("hang",                new { kind = "hang" },                             TriedElsewhere(504, "upstream_timeout"),      TriedElsewhere(504, "upstream_timeout")),
        new("slow-headers",        new { kind = "slow-headers", delayMs = 150 },      Answer,                                       Answer),
        new("late-headers",        new { kind = "slow-headers", delayMs = LateMs },   TriedElsewhere(504, "upstream_timeout"),      TriedElsewhere(504, "upstream_timeout")),
        new("stall",               After("stall", EventsBefore),                      TriedElsewhere(504, "upstream_timeout"),      Interrupted("stream_idle_timeout")),
        new("stall-at-once",       After("stall", 0),                                 TriedElsewhere(504, "upstream_timeout"),      TriedElsewhere(504, "upstream_timeout")),
        new("cut",                 After("cut", EventsBefore),                        TriedElsewhere(502, "bad_upstream_response"), Interrupted("stream_interrupted")),
        new("cut-at-once",         After("cut", 0),                                   TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("reset",               After("reset", EventsBefore),                      TriedElsewhere(502, "bad_upstream_response"), Interrupted("stream_interrupted")),
        new("reset-at-once",       After("reset", 0),                                 TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("error-in-200",        After("error-in-200", EventsBefore),               TriedElsewhere(502, "bad_upstream_response"), Interrupted("upstream_error")),
        new("error-at-once",       After("error-in-200", 0),                          TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("malformed-json",      After("malformed-json", EventsBefore),             TriedElsewhere(502, "bad_upstream_response"), Interrupted("upstream_error")),
        new("malformed-at-once",   After("malformed-json", 0),                        TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("truncated-json",      After("truncated-json", EventsBefore),             TriedElsewhere(502, "bad_upstream_response"), Interrupted("stream_interrupted")),
        new("truncated-at-once",   After("truncated-json", 0),                        TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("wrong-content-type",  new { kind = "wrong-content-type" },               TriedElsewhere(502, "bad_upstream_response"), TriedElsewhere(502, "bad_upstream_response")),
        new("redirect",            new { kind = "redirect" },                         TriedElsewhere(502, "host_misconfigured"),    TriedElsewhere(502, "host_misconfigured")),
        new("split-utf8",          new { kind = "split-utf8" },                       Answer,                                       Answer) { ChangesAnswer = true },
        new("no-usage",            new { kind = "no-usage" },                         Answer,                                       Answer) { ChangesAnswer = true, AsksUsage = true },
        new("lying-usage",         new { kind = "lying-usage" },                      Answer,                                       Answer) { ChangesAnswer = true, AsksUsage = true },
        new("duplicate-done",      new { kind = "duplicate-done" },                   Answer,                                       Answer) { ChangesAnswer = true },
        new("huge-event",          After("huge-event", EventsBefore),                 Answer,                                       Answer) { ChangesAnswer = true },
        new("health-only",         new { kind = "health-only" },                      Answer,                                       Answer) { ShowsInHealthChecks = true },
        new("health-lies",         new { kind = "health-lies" },                      TriedElsewhere(503),                          TriedElsewhere(503)),
        new("come-back-later",     new { kind = "status", status = 429, retryAfterSeconds = 1, count = 1 }, AnswerAfterAll,         AnswerAfterAll) { NotBefore = TimeSpan.FromSeconds(1) },
        new("client-leaves",       null,                                              Abandoned,                                    Abandoned) { ClientLeaves = true },
    ];

    private static object After(string kind, int afterEvents) => new { kind, afterEvents };
}
