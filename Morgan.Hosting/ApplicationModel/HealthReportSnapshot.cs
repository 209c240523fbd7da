using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The last result of one health check.</summary>
/// <param name="Name">The check's key.</param>
/// <param name="Status">The result; null until the check has run.</param>
/// <param name="Description">What the check says about it.</param>
/// <param name="ExceptionText">Why it failed, if by an exception.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText);
