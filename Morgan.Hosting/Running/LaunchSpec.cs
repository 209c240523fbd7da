using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Dashboard;
using Morgan.Hosting.Dcp;

namespace Morgan.Hosting.Running;

/// <summary>How a resource is started: the <c>spec</c> of a DCP executable or container, and what the dashboard tells of it.</summary>
internal sealed record LaunchSpec(DcpKind Kind, JsonObject Spec, IReadOnlyList<ResourcePropertySnapshot> Properties)
{
    // <root>/shared/Microsoft.NETCore.App/10.0.x/ is where this process has its runtime from
    private static readonly string Dotnet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Makes the specification of a resource's process or container.</summary>
    /// <exception cref="DistributedApplicationException">The resource is of a type that cannot be started.</exception>
    public static LaunchSpec Of(IResource resource, Dictionary<string, string> environment)
    {
        var variables = new JsonArray([.. environment.Select(e => new JsonObject { ["name"] = e.Key, ["value"] = e.Value })]);
        return resource switch
        {
            ContainerResource container => Container(container, variables),
            DashboardResource dashboard => Executable(dashboard.Program, ["dashboard"], Path.GetDirectoryName(dashboard.Program)!, variables),
            ProjectResource when resource.Annotations.OfType<IBuiltProject>().LastOrDefault() is { } project => Executable(
                Dotnet, [project.TargetPath], Path.GetDirectoryName(project.ProjectPath)!, variables, new ResourcePropertySnapshot("project.path", project.ProjectPath)),
            _ => throw new DistributedApplicationException($"The resource {resource.Name} has no project that the AppHost refers to."),
        };
    }

    /// <summary>The endpoints that the process or container serves, as DCP wants to hear of them.</summary>
    public static IEnumerable<JsonObject> Produces(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var producer = new JsonObject { ["serviceName"] = ProcessEnvironment.ServiceName(resource, endpoint) };
            if (endpoint.TargetPort is { } port)
            {
                producer["port"] = port;
            }

            yield return producer;
        }
    }

    private static LaunchSpec Executable(
        string program, string[] arguments, string folder, JsonArray variables, params ResourcePropertySnapshot[] properties) => new(
            DcpKind.Executable,
            new JsonObject
            {
                ["executablePath"] = program,
                ["args"] = new JsonArray([.. arguments.Select(a => JsonValue.Create(a))]),
                ["workingDirectory"] = folder,
                ["executionType"] = "Process",
                ["env"] = variables,
            },
            [.. properties, new("executable.path", program), new("executable.workDir", folder), new("executable.args", arguments)]);

    private static LaunchSpec Container(ContainerResource container, JsonArray variables) => new(
        DcpKind.Container,
        new JsonObject
        {
            ["image"] = container.Image,
            ["command"] = container.Entrypoint,
            ["args"] = new JsonArray([.. container.Args.Select(a => JsonValue.Create(a))]),
            ["env"] = variables,
            ["ports"] = new JsonArray([.. container.Annotations.OfType<EndpointAnnotation>()
                .Select(e => new JsonObject { ["containerPort"] = e.TargetPort, ["protocol"] = "TCP", ["hostIP"] = "127.0.0.1" })]),
        },
        [new("container.image", container.Image), new("container.command", container.Entrypoint), new("container.args", container.Args.ToArray())]);
}
