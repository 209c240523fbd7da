using System.Buffers;
using System.IO.Pipelines;

namespace Morgan.LlmService.Relay;

/// <summary>
/// The stream to the client. While nothing is written, a comment goes out every interval, so that no proxy between takes
/// the silence of a thinking model for a dead connection. There are two writers, the request and the comments' timer; who
/// writes holds the gate.
/// </summary>
internal sealed class ClientStream : IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private long _lastWrite;
    private bool _closed;

    /// <summary>Begins the wait: the first comment is due one interval from now.</summary>
    public ClientStream(HttpContext context, TimeProvider time, TimeSpan interval)
    {
        (_context, _time, _interval) = (context, time, interval);
        _lastWrite = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((ClientStream)state!).OnTimer(), this, interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether status and headers have gone out. Look at it while holding the gate.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Where to write while holding the gate.</summary>
    public IBufferWriter<byte> Output => _context.Response.BodyWriter;

    /// <summary>Takes the gate.</summary>
    public Task EnterAsync() => _gate.WaitAsync(CancellationToken.None);

    /// <summary>Gives the gate back.</summary>
    public void Exit() => _gate.Release();

    /// <summary>Sets status and headers, if they have not gone out. Only while holding the gate.</summary>
    public void Open()
    {
        if (IsOpen)
        {
            return;
        }

        IsOpen = true;
        var response = _context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx holds a response back without it
    }

    /// <summary>Sends what was written. False: the client has left. Only while holding the gate.</summary>
    public ValueTask<bool> FlushAsync()
    {
        Volatile.Write(ref _lastWrite, _time.GetTimestamp());
        var flush = _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(!flush.Result.IsCompleted) : WaitAsync(flush);
    }

    /// <summary>Ends the comments: the caller alone writes from now on.</summary>
    public async ValueTask CloseAsync()
    {
        if (!_closed)
        {
            await EnterAsync();
            _closed = true;
            Exit();
            await _timer.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _gate.Dispose();
    }

    private static async ValueTask<bool> WaitAsync(ValueTask<FlushResult> flush) => !(await flush).IsCompleted;

    private void OnTimer()
    {
        var silence = _time.GetElapsedTime(Volatile.Read(ref _lastWrite));
        if (silence < _interval)
        {
            _timer.Change(_interval - silence, Timeout.InfiniteTimeSpan);
        }
        else if (_gate.Wait(0))
        {
            // Owned by the gate: CloseAsync waits for it. It catches what a gone client makes it throw.
            _ = CommentAsync();
        }
        else
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task CommentAsync()
    {
        try
        {
            if (!_closed)
            {
                Open();
                Output.Write(": keep-alive\n\n"u8);
                await FlushAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client has left; the request finds out by itself.
        }
        finally
        {
            if (!_closed)
            {
                _timer.Change(_interval, Timeout.InfiniteTimeSpan);
            }

            Exit();
        }
    }
}
