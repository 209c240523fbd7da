using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Running;

namespace Morgan.Tests.Hosting;

public sealed class ApplicationModelTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReferenceExpression_WithAnAddressInIt_WaitsForThePort()
    {
        var (service, endpoint) = WithEndpoint();
        var reference = new EndpointReference(service, "http");
        var literal = "v1";
        var expression = ReferenceExpression.Create($"{reference.Property(EndpointProperty.Host)}|{reference.Property(EndpointProperty.Port)}|{reference}/{literal}");

        var value = expression.GetValueAsync(Cancelled);
        Assert.False(value.IsCompleted);
        endpoint.Allocated.SetResult(4711);

        Assert.Equal("localhost|4711|http://localhost:4711/v1", await value);
    }

    [Fact]
    public void EndpointReference_BeforeItsPortIsKnown_SaysSo()
    {
        var (service, _) = WithEndpoint();

        Assert.Contains("not allocated", Assert.Throws<DistributedApplicationException>(() => new EndpointReference(service, "http").Url).Message, StringComparison.Ordinal);
        Assert.Contains("no endpoint named x", Assert.Throws<DistributedApplicationException>(() => new EndpointReference(service, "x").Url).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretMask_OfText_HidesEverySecretInIt()
    {
        var mask = new SecretMask();
        mask.Add("s3cret-password");
        mask.Add("other-key");
        mask.Add("");
        mask.Add(null);

        Assert.Equal("localhost:1,password=●●●●●●●●;●●●●●●●●", mask.Apply("localhost:1,password=s3cret-password;other-key"));
        Assert.Equal("http://localhost", mask.Apply("http://localhost"));
    }

    [Fact]
    public void LaunchProfile_OfAProject_IsTheFirstOne()
    {
        var folder = Directory.CreateTempSubdirectory("morgan-test-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "Properties"));
        var file = Path.Combine(folder, "Properties", "launchSettings.json");
        var project = Path.Combine(folder, "Some.csproj");

        Assert.Empty(LaunchProfile.ReadFirst(project).ApplicationUrls);

        File.WriteAllText(file, """
            { "profiles": { // comments are allowed
              "http": { "applicationUrl": "http://localhost:5080;http://localhost:5081", "environmentVariables": { "A": "b" } },
              "https": { "applicationUrl": "https://localhost:1" } } }
            """);
        var profile = LaunchProfile.ReadFirst(project);
        Assert.Equal([5080, 5081], profile.ApplicationUrls.Select(u => u.Port));
        Assert.Equal("b", profile.Environment["A"]);

        File.WriteAllText(file, """{ "profiles": 1 }""");
        Assert.Contains(file, Assert.Throws<DistributedApplicationException>(() => LaunchProfile.ReadFirst(project)).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void AddResource_OfTheSameName_IsRefused()
    {
        var builder = new DistributedApplicationBuilder(new DistributedApplicationOptions(), new(), typeof(Projects.Morgan_AppHost).Assembly);
        builder.AddResource(new ProjectResource("llm"));

        var refusal = Assert.Throws<DistributedApplicationException>(() => builder.AddResource(new ProjectResource("LLM")));

        Assert.Equal("Two resources are named LLM.", refusal.Message);
        Assert.Equal(Path.Combine(Repository.Root, "Morgan.AppHost"), builder.AppHostDirectory);
    }

    private static (ProjectResource Service, EndpointAnnotation Endpoint) WithEndpoint()
    {
        var service = new ProjectResource("service");
        var endpoint = new EndpointAnnotation("http") { UriScheme = "http" };
        service.Annotations.Add(endpoint);
        return (service, endpoint);
    }
}
