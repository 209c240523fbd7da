using Morgan.LlmService.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.LlmService.Envelope;

/// <summary>The memory that the bodies and answers of all requests hold together, in bytes, against <c>Llm:MaxHeldBytes</c>.</summary>
internal sealed class HeldMemory(IReloading<LlmOptions> options)
{
    private long _held;

    /// <summary>What is held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes so much more. False: it would be more than the limit; nothing is taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= options.Current.MaxHeldBytes)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _held, -bytes);
}
