namespace Morgan.ServiceDefaults.Configuration;

/// <summary>Reads one kind of options for the first time, so that a bad value fails the start and not the first request.</summary>
internal sealed record ReloadingCheck(Func<IServiceProvider, object> Read);
