using Morgan.LlmSimulator;

await SimulatorApplication.Create(args).RunAsync();
