using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Dashboard;
using Morgan.Hosting.Dcp;

namespace Morgan.Hosting.Running;

/// <summary>What every replica of a running application needs.</summary>
/// <param name="Dcp">Starts and stops processes.</param>
/// <param name="Notifications">Where states are told.</param>
/// <param name="Mask">Hides secrets from the dashboard.</param>
/// <param name="Dashboard">Where telemetry goes; null: nowhere.</param>
/// <param name="IsDevelopment">Whether telemetry is sent at once and in full.</param>
/// <param name="Logger">The AppHost's own log.</param>
internal sealed record RunContext(
    DcpClient Dcp, ResourceNotificationService Notifications, SecretMask Mask, DashboardResource? Dashboard, bool IsDevelopment, ILogger Logger);
