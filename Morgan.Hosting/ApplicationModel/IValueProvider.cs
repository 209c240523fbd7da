namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only once the application runs, such as a port.</summary>
public interface IValueProvider
{
    /// <summary>Gets the value, waiting until it is known.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}
