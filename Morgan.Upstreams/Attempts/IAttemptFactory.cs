namespace Morgan.Upstreams.Attempts;

/// <summary>Makes the attempts of one request. With hedging, two of them run at the same time.</summary>
public interface IAttemptFactory
{
    /// <summary>A new attempt at the same request.</summary>
    IAttempt Create();
}
