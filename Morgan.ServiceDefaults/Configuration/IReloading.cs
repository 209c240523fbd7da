namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// Options that change while the service runs. <see cref="Current"/> is always a whole, valid version: one that does
/// not bind or validate is refused with the reason logged, and the version before stays.
/// </summary>
/// <typeparam name="T">The options class; treat an instance as immutable.</typeparam>
public interface IReloading<out T>
    where T : class
{
    /// <summary>The version in force.</summary>
    T Current { get; }

    /// <summary>Calls <paramref name="listener"/> with each new version until the returned registration is disposed.</summary>
    IDisposable OnChange(Action<T> listener);
}
