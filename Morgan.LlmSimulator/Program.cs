using Morgan.LlmSimulator;
using Morgan.ServiceDefaults.Lifetime;

return await ServiceHost.RunAsync(args, SimulatorApplication.Create);
