using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class RelayGuardTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly RelayGuard _guard;

    public RelayGuardTests() =>
        _guard = new RelayGuard(new TimeoutOptions(), Deadline.After(_time, TimeSpan.FromMinutes(10)), _time, _caller.Token);

    public void Dispose()
    {
        _guard.Dispose();
        _caller.Dispose();
    }

    [Fact]
    public void Arm_NothingComes_IdleTimeout()
    {
        _guard.Arm();
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(_guard.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));

        AssertEnded(FailureReason.IdleTimeout);
    }

    [Fact]
    public void Arm_EachPiece_StartsTheIdleTimeAnew()
    {
        for (var i = 0; i < 4; i++)
        {
            _guard.Arm();
            _time.Advance(TimeSpan.FromSeconds(100));
        }

        Assert.False(_guard.Token.IsCancellationRequested);
    }

    [Fact]
    public void Arm_LessTimeIsLeftThanIdleAllows_TotalTimeout()
    {
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(_guard.Token.IsCancellationRequested);

        _guard.Arm();
        _time.Advance(TimeSpan.FromMinutes(1));
        AssertEnded(FailureReason.TotalTimeout);
    }

    [Fact]
    public async Task ReadAsync_HostThatSendsNothing_IsWaitedForAsLongAsIdleAllows()
    {
        var host = new Pipe();
        var read = _guard.ReadAsync(host.Reader.AsStream(), new byte[8]).AsTask();
        _time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        AssertEnded(FailureReason.IdleTimeout);
    }

    [Fact]
    public async Task ReadAsync_ClientReadsSlowlyAfterwards_HostIsNotBlamed()
    {
        var host = new Pipe();
        var read = _guard.ReadAsync(host.Reader.AsStream(), new byte[8]);
        await host.Writer.WriteAsync(new byte[3], TestContext.Current.CancellationToken);
        Assert.Equal(3, await read);
        await host.Writer.WriteAsync(new byte[2], TestContext.Current.CancellationToken);
        Assert.Equal(2, await _guard.ReadAsync(host.Reader.AsStream(), new byte[8]));
        _time.Advance(TimeSpan.FromMinutes(9));

        Assert.False(_guard.Token.IsCancellationRequested);
    }

    [Fact]
    public void Explain_CallerLeft_Cancelled()
    {
        _guard.Arm();
        _caller.Cancel();

        Assert.True(_guard.Token.IsCancellationRequested);
        Assert.Equal(AttemptOutcome.Cancelled, _guard.Explain(new OperationCanceledException()));
    }

    [Fact]
    public void Explain_HostBrokeOff_BrokenBody() =>
        Assert.Equal(FailureReason.BrokenBody, _guard.Explain(new IOException()).Reason);

    private void AssertEnded(FailureReason reason)
    {
        Assert.True(_guard.Token.IsCancellationRequested);
        Assert.Equal(AttemptOutcome.Failed(reason), _guard.Explain(new OperationCanceledException()));
    }
}
