// Somebody's own application with Morgan in it: a chat program that finds its gateway by the connection string "morgan".
//   dotnet run --project samples/Morgan.Samples.AppHost
var builder = DistributedApplication.CreateBuilder(args);

// A host of your own would be here: WithHost("gpu1", "http://gpu1:11434/v1", MorganHostKind.Ollama).
var simulator = builder.AddProject<Projects.Morgan_LlmSimulator>("simulator").WithHttpHealthCheck("/health");
simulator.WithEndpoint("http", endpoint => endpoint.Port = null);

var morgan = builder.AddMorgan("morgan")
    .WithHost("simulated", simulator.GetEndpoint("http"))
    .WithModel("morgan-sim");

builder.AddProject<Projects.Morgan_Samples_Chat>("chat")
    .WithReference(morgan).WaitFor(morgan).WaitFor(simulator);

await builder.Build().RunAsync();
