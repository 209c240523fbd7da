using System.Net;
using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.CircuitBreaking;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class OutcomeTableTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(200, OutcomeKind.Success, false, "Success")]
    [InlineData(201, OutcomeKind.Success, false, "Success")]
    [InlineData(204, OutcomeKind.Success, false, "Success")]
    [InlineData(301, OutcomeKind.Misconfigured, true, "None")]
    [InlineData(307, OutcomeKind.Misconfigured, true, "None")]
    [InlineData(400, OutcomeKind.ClientError, false, "None")]
    [InlineData(401, OutcomeKind.Misconfigured, true, "None")]
    [InlineData(403, OutcomeKind.Misconfigured, true, "None")]
    [InlineData(404, OutcomeKind.ClientError, false, "None")]
    [InlineData(405, OutcomeKind.ClientError, false, "None")]
    [InlineData(408, OutcomeKind.Failed, true, "Failure")]
    [InlineData(409, OutcomeKind.ClientError, false, "None")]
    [InlineData(413, OutcomeKind.ClientError, false, "None")]
    [InlineData(415, OutcomeKind.ClientError, false, "None")]
    [InlineData(422, OutcomeKind.ClientError, false, "None")]
    [InlineData(429, OutcomeKind.RateLimited, true, "None")]
    [InlineData(500, OutcomeKind.Failed, true, "Failure")]
    [InlineData(502, OutcomeKind.Failed, true, "Failure")]
    [InlineData(503, OutcomeKind.Failed, true, "Failure")]
    [InlineData(504, OutcomeKind.Failed, true, "Failure")]
    [InlineData(529, OutcomeKind.Failed, true, "Failure")]
    public void Classify_Status_AsDocumented(int status, OutcomeKind kind, bool retried, string counted)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);

        var outcome = OutcomeTable.Classify(response, _time);

        Assert.Equal(kind, outcome.Kind);
        Assert.Equal((HttpStatusCode)status, outcome.Status);
        Assert.Equal(retried, OutcomeTable.IsRetryable(outcome));
        Assert.Equal(Enum.Parse<BreakerSignal>(counted), OutcomeTable.Signal(outcome, accepted: false));
    }

    [Fact]
    public void Classify_ConflictToBeRetried_RetriedButNotCounted()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Conflict);
        response.Headers.Add("x-should-retry", "true");

        var outcome = OutcomeTable.Classify(response, _time);

        Assert.True(OutcomeTable.IsRetryable(outcome));
        Assert.Equal(BreakerSignal.None, OutcomeTable.Signal(outcome, accepted: false));
    }

    [Theory]
    [InlineData(FailureReason.Connect)]
    [InlineData(FailureReason.ConnectTimeout)]
    [InlineData(FailureReason.FirstByteTimeout)]
    [InlineData(FailureReason.ResponseTimeout)]
    [InlineData(FailureReason.IdleTimeout)]
    [InlineData(FailureReason.BrokenBody)]
    [InlineData(FailureReason.ErrorInStream)]
    public void Failed_EachReason_CountedAndRetried(FailureReason reason)
    {
        var outcome = AttemptOutcome.Failed(reason);

        Assert.Equal(BreakerSignal.Failure, OutcomeTable.Signal(outcome, accepted: false));
        Assert.Equal(BreakerSignal.Failure, OutcomeTable.Signal(outcome, accepted: true));
        Assert.True(OutcomeTable.IsRetryable(outcome));
    }

    [Fact]
    public void Failed_TotalTimeout_CountedUnlessTheAnswerHadBegun()
    {
        var outcome = AttemptOutcome.Failed(FailureReason.TotalTimeout);

        Assert.Equal(BreakerSignal.Failure, OutcomeTable.Signal(outcome, accepted: false));
        Assert.Equal(BreakerSignal.None, OutcomeTable.Signal(outcome, accepted: true));
        Assert.False(OutcomeTable.IsRetryable(outcome));
    }

    [Fact]
    public void Cancelled_ClientLeft_SaysNothingOfTheHost() =>
        Assert.Equal(BreakerSignal.None, OutcomeTable.Signal(AttemptOutcome.Cancelled, accepted: true));

    [Theory]
    [InlineData("Retry-After", "7", 7_000)]
    [InlineData("Retry-After", "0", 0)]
    [InlineData("Retry-After", "Fri, 01 Jan 2027 00:01:30 GMT", 90_000)]
    [InlineData("Retry-After", "Thu, 31 Dec 2026 00:00:00 GMT", 0)]
    [InlineData("Retry-After", "soon", null)]
    [InlineData("retry-after-ms", "250", 250)]
    [InlineData("retry-after-ms", "-1", null)]
    public void Classify_RetryAfter_BothForms(string header, string value, int? milliseconds)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation(header, value);

        var expected = milliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : (TimeSpan?)null;
        Assert.Equal(expected, OutcomeTable.Classify(response, _time).RetryAfter);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(404, true)]
    [InlineData(405, true)]
    [InlineData(429, true)]
    [InlineData(302, false)]
    [InlineData(401, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public void ProblemOf_CheckStatus_AsDocumented(int status, bool well)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);

        Assert.Equal(well, OutcomeTable.ProblemOf(response) is null);
    }
}
