using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Morgan.LlmService.Routing;

/// <summary>
/// Remembers which host made which response, so that <c>previous_response_id</c> goes back to it. The newest 100,000
/// (about 10 MB) are kept, in this process.
/// </summary>
internal sealed class ResponseOwners
{
    private const int Kept = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, string> _hosts = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>The name of the host that made the response; null: not known here.</summary>
    public string? Find(string responseId)
    {
        var key = Key(responseId);
        lock (_gate)
        {
            return _hosts.GetValueOrDefault(key);
        }
    }

    /// <summary>Takes note of a response.</summary>
    public void Remember(string responseId, Host host)
    {
        var key = Key(responseId);
        lock (_gate)
        {
            if (_hosts.TryAdd(key, host.Name))
            {
                _order.Enqueue(key);
                if (_order.Count > Kept)
                {
                    _hosts.Remove(_order.Dequeue());
                }
            }
        }
    }

    private static UInt128 Key(string responseId) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(responseId.AsSpan()));
}
