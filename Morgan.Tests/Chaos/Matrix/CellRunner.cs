using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Morgan.Tests.Chaos.Gateways;
using Morgan.Tests.Chaos.Wire;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>Runs one cell: sets the fault, asks until a failing host was met, judges, and sees that all is well again.</summary>
internal sealed partial class CellRunner(HostBench bench, IGateway gateway, Cell cell)
{
    private const int MostQuestions = 40;

    // A strategy that prefers quick hosts may shun the failing one until the others are slower.
    private const int Slowly = 10;
    private const int SlowMs = 300;
    private const int RecoveryQuestion = 1_000;
    private const int Recoveries = 3;
    private static readonly TimeSpan Patience = Limits.Total + TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    // Well before a limit of the gateway's own could end the host's work, which would prove nothing.
    private static readonly TimeSpan CancelGrace = Limits.Idle / 2;

    private readonly HashSet<Flaw> _flaws = [];
    private RawAnswer? _answer;
    private long _asked;
    private double? _cancelled;

    /// <summary>Runs it.</summary>
    public async Task<CellResult> RunAsync()
    {
        await gateway.ForgetAsync();
        var question = 0;
        while (!await AskAsync(question++) && _flaws.Count == 0)
        {
            if (question == MostQuestions)
            {
                _flaws.Add(Flaw.NotReached);
            }
        }

        await RecoverAsync();
        return Result();
    }

    private IReadOnlyList<SimulatedHost> Failing => cell.Scenario.HostIsDown ? []
        : cell.Topology == Topology.AllOfThree ? bench.Hosts
        : [bench.Hosts[0]];

    private IReadOnlyList<SimulatedHost> Behind => cell.Topology == Topology.One ? [bench.Hosts[0]] : bench.Hosts;

    private Route Route => cell.Scenario.HostIsDown ? gateway.ToDown(cell.Topology) : gateway.To(cell.Topology);

    // Whether a host that fails was met.
    private async Task<bool> AskAsync(int question)
    {
        var body = HostBench.Body(Route.Model, cell.Mode, question, cell.Scenario.AsksUsage);
        var right = await RightAnswersAsync(body);
        await SetAsync(question);
        await SeeHealthChecksAsync();
        var before = await bench.CountAsync();
        using var leave = new CancellationTokenSource();
        var leaving = cell.Scenario.ClientLeaves ? LeaveAsync(before, leave) : Task.CompletedTask;
        _answer = await RawClient.PostAsync(Route.Address, Route.Path, Route.Headers, body, Patience, leave.Token);
        await leaving;
        var after = await SettledAsync(before);
        var failed = bench.Hosts.Select((host, i) => Failing.Contains(host) ? after[i].Requests - before[i].Requests : 0).Sum();
        _asked = after.Zip(before, (a, b) => a.Requests - b.Requests).Sum();
        var met = failed > 0 || cell.Scenario.HostIsDown || cell.Scenario.ShowsInHealthChecks || (cell.Scenario.ClientLeaves && _asked > 0);
        Judge(met, failed, right, followed: after.Zip(before, (a, b) => a.RedirectsFollowed - b.RedirectsFollowed).Sum());
        return met && (!cell.Scenario.HostIsDown || cell.Topology == Topology.One || question >= MostQuestions / 4);
    }

    private void Judge(bool met, long failed, IReadOnlyList<string> right, long followed)
    {
        var expected = cell.Expected(met);
        if (expected.Ending != Ending.Abandoned)
        {
            _flaws.UnionWith(new AnswerCheck(cell.Mode, gateway.HasCodes).Of(_answer!, expected, right));
        }

        if (_answer!.Elapsed > Limits.Total + Grace && _answer.End != RawEnd.Hang)
        {
            _flaws.Add(Flaw.Late);
        }

        if (cell.Topology == Topology.One && expected.Ending == Ending.Answer && _answer.Elapsed < cell.Scenario.NotBefore)
        {
            _flaws.Add(Flaw.TooSoon);
        }

        if (followed > 0)
        {
            _flaws.Add(Flaw.FollowedRedirect);
        }

        if (_asked > MostAsked(failed))
        {
            _flaws.Add(Flaw.AskedAgain);
        }
    }

    private long MostAsked(long failed)
    {
        var scenario = cell.Scenario.Of(cell.Mode);
        return !scenario.FailsOver ? 1
            : cell.Topology == Topology.OneOfThree ? failed + 1
            : Limits.Retries + 1;
    }

    private async Task<IReadOnlyList<string>> RightAnswersAsync(byte[] body)
    {
        var fault = cell.Scenario.ChangesAnswer ? cell.Scenario.Fault : null;
        List<string> right = [];
        foreach (var host in Behind)
        {
            right.Add(await bench.RightAnswerAsync(host, body, Failing.Contains(host) ? fault : null));
        }

        return right;
    }

    private async Task SetAsync(int question)
    {
        var fault = cell.Scenario.Fault;
        foreach (var host in bench.Hosts)
        {
            await host.PlanAsync(cell.Scenario.ClientLeaves ? new { interTokenMs = 20, tokens = 2000 }
                : Failing.Contains(host) && fault is not null ? new { faults = new[] { fault } }
                : !Failing.Contains(host) && question >= Slowly ? new { timeToFirstTokenMs = SlowMs }
                : new object());
        }
    }

    private async Task SeeHealthChecksAsync()
    {
        if (cell.Scenario.ShowsInHealthChecks && gateway.HasCodes)
        {
            const int Enough = 6;
            var before = await bench.CountAsync();
            await Eventually.TrueAsync(async () => (await bench.CountAsync())[0].HealthChecks >= before[0].HealthChecks + Enough, "health checks come");
        }
    }

    private async Task LeaveAsync(HostCounts[] before, CancellationTokenSource leave)
    {
        for (var asked = Stopwatch.GetTimestamp(); (await bench.CountAsync()).Sum(host => host.InFlight) <= before.Sum(host => host.InFlight);)
        {
            if (Stopwatch.GetElapsedTime(asked) > Grace)
            {
                _flaws.Add(Flaw.NotReached);
                return;
            }
        }

        var began = Stopwatch.GetTimestamp();
        await leave.CancelAsync();
        while ((await bench.CountAsync()).Sum(host => host.Cancelled) == before.Sum(host => host.Cancelled))
        {
            if (Stopwatch.GetElapsedTime(began) > CancelGrace)
            {
                _flaws.Add(Flaw.HostLeftWorking);
                return;
            }
        }

        _cancelled = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    // Requests that an earlier cell left behind are that cell's flaw.
    private async Task<HostCounts[]> SettledAsync(HostCounts[] before)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(5))
        {
            var counts = await bench.CountAsync();
            if (counts.Sum(host => host.InFlight) <= before.Sum(host => host.InFlight))
            {
                return counts;
            }

            if (Stopwatch.GetElapsedTime(began) > EndGrace)
            {
                _flaws.Add(Flaw.HostLeftWorking);
                return counts;
            }
        }
    }

    private async Task RecoverAsync()
    {
        foreach (var host in bench.Hosts)
        {
            await host.PlanAsync(new object());
        }

        await gateway.ForgetAsync();
        var route = gateway.To(cell.Topology);
        var check = new AnswerCheck(cell.Mode, gateway.HasCodes);
        for (var i = 0; i < Recoveries; i++)
        {
            var body = HostBench.Body(route.Model, cell.Mode, RecoveryQuestion, asksUsage: false);
            List<string> right = [];
            foreach (var host in Behind)
            {
                right.Add(await bench.RightAnswerAsync(host, body, null));
            }

            var answer = await RawClient.PostAsync(route.Address, route.Path, route.Headers, body, Patience);
            if (check.Of(answer, Expected.Answer, right).Any())
            {
                _flaws.Add(Flaw.NotRecovered);
            }
        }
    }

    private CellResult Result()
    {
        var text = Encoding.UTF8.GetString(_answer!.Body);
        return new CellResult(
            cell, [.. _flaws.Order()], _answer.Status, _answer.End.ToString(), Code().Match(text) is { Success: true } code ? code.Groups[1].Value : null,
            _answer.Elapsed.TotalMilliseconds, _asked, _cancelled, _flaws.Count == 0 ? null : text[^Math.Min(text.Length, 600)..]);
    }

    [GeneratedRegex("\"code\":\\s*\"([a-z_0-9]+)\"")]
    private static partial Regex Code();
}
