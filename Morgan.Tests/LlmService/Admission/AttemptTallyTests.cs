using System.Net;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Metering;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.LlmService.Admission;

public sealed class AttemptTallyTests
{
    private const long Prompt = 10;
    private static readonly TokenUsage Answer = new(11, 5, Estimated: false);

    private readonly AttemptTally _tally = new();

    [Fact]
    public void Bill_NoHostWasToBeHad_HasNoAttempt() =>
        Assert.Equal(new Bill(0, 0, 0, 0), _tally.Bill(null, Prompt, clientLeft: false));

    [Fact]
    public void Bill_AnswerOfTheEmbeddingService_IsOneAttemptAndNothingLost()
    {
        _tally.CountAttempt();

        Assert.Equal(new Bill(11, 5, 0, 1), _tally.Bill(Answer, Prompt, clientLeft: false));
    }

    [Fact]
    public void Bill_AnsweredAfterFailures_ThePromptIsLostWhereAHostHasWorked()
    {
        Attempt(AttemptOutcome.Failed(FailureReason.Connect));
        Attempt(new AttemptOutcome(OutcomeKind.Failed, FailureReason.Status, HttpStatusCode.BadGateway));
        Attempt(AttemptOutcome.Failed(FailureReason.BrokenBody));
        Attempt(AttemptOutcome.Success);

        Assert.Equal(new Bill(11, 5, Prompt, 4), _tally.Bill(Answer, Prompt, clientLeft: false));
    }

    [Fact]
    public void Bill_HedgeThatIsNotDecidedYet_CountsAsLost()
    {
        Attempt(AttemptOutcome.Success);
        _tally.AttemptStarted(default);

        Assert.Equal(new Bill(11, 5, Prompt, 2), _tally.Bill(Answer, Prompt, clientLeft: false));
    }

    [Fact]
    public void Bill_ClientLeft_AllOfItIsLostAndCountsAgainstItsLimits()
    {
        Attempt(AttemptOutcome.Success);

        Assert.Equal(new Bill(0, 0, 16, 1) { Used = 16 }, _tally.Bill(Answer, Prompt, clientLeft: true));
    }

    private void Attempt(AttemptOutcome outcome)
    {
        _tally.AttemptStarted(default);
        _tally.AttemptEnded(default, outcome, TimeSpan.Zero);
    }
}
