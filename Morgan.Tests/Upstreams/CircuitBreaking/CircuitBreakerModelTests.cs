using CsCheck;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.CircuitBreaking;

public sealed class CircuitBreakerModelTests
{
    private static readonly CircuitBreakerOptions Options = new()
    {
        FailureThreshold = 3,
        SuccessThreshold = 2,
        BreakDuration = TimeSpan.FromSeconds(10),
        MaxBreakDuration = TimeSpan.FromSeconds(60),
    };

    [Fact]
    public void AnySequence_OfEntriesOutcomesAndTime_BehavesAsTheRulesSay() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000]).Array[1, 400].Sample(Compare, iter: 2_000, threads: 1);

    [Fact]
    public void EverySequence_OfEightSteps_BehavesAsTheRulesSay()
    {
        // Enter, succeed, fail, cancel, wait a break: 390,625 sequences, with thresholds of one so that eight steps go
        // several times round.
        var options = Options with { FailureThreshold = 1, SuccessThreshold = 1 };
        int[] kinds = [0, 2, 3, 5, 8];
        var steps = new (int Kind, int Arg)[8];
        for (var code = 0; code < (int)Math.Pow(kinds.Length, steps.Length); code++)
        {
            for (var (i, rest) = (0, code); i < steps.Length; i++, rest /= kinds.Length)
            {
                steps[i] = (kinds[rest % kinds.Length], 0);
            }

            Compare(steps, options);
        }
    }

    private static void Compare((int Kind, int Arg)[] steps) => Compare(steps, Options);

    private static void Compare((int Kind, int Arg)[] steps, CircuitBreakerOptions options)
    {
        var breaker = new CircuitBreaker(options);
        var model = new CircuitModel(
            options.FailureThreshold, options.SuccessThreshold, options.BreakDuration.Ticks, options.MaxBreakDuration.Ticks);
        var inFlight = new List<(int Request, BreakerPermit Permit, (int Era, bool Probe) Let)>();
        var now = 1L;
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, arg) = steps[i];
            var at = inFlight.Count == 0 ? -1 : arg % inFlight.Count;
            switch (kind)
            {
                case <= 1:
                    var may = breaker.MayEnter(now);
                    var entered = breaker.TryEnter(now, out var permit);
                    var let = model.Enter(i, now);
                    Assert.Equal(let is not null, entered);
                    Assert.Equal(entered, may);
                    if (let is { } allowed)
                    {
                        Assert.Equal(allowed.Probe, permit.IsProbe);
                        inFlight.Add((i, permit, allowed));
                    }

                    break;
                case <= 5 when at >= 0:
                    var (request, held, was) = inFlight[at];
                    inFlight.RemoveAt(at);
                    var signal = kind switch { 2 => BreakerSignal.Success, 5 => BreakerSignal.None, _ => BreakerSignal.Failure };
                    breaker.Exit(held, signal, now);
                    model.Exit(request, was, signal switch { BreakerSignal.Success => true, BreakerSignal.Failure => false, _ => null }, now);
                    break;
                case 6 or 7 when at >= 0:
                    var (accepted, old, before) = inFlight[at];
                    inFlight[at] = (accepted, breaker.Accept(old, now), model.Accept(accepted, before, now));
                    break;
                case 8:
                    now += kind == 8 && arg == 0 ? options.BreakDuration.Ticks : TimeSpan.FromMilliseconds(arg * 20).Ticks;
                    break;
                case 9 when arg < 20:
                    breaker.Reset();
                    model.Reset();
                    break;
                default:
                    break;
            }

            Assert.Equal(model.State, breaker.State);
            Assert.Equal(model.FailuresInRow, breaker.Failures);
            Assert.Equal(Math.Max(0, model.OpenUntil - now), breaker.ReopensIn(now));
        }
    }
}
