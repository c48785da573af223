import { sceneOf } from "./lib/scene";
import { createServices, type ZhiquanApp } from "./lib/services";
import { createWxPlatform } from "./lib/wx-platform";

App<ZhiquanApp>({
  services: createServices(createWxPlatform()),
  onLaunch(options) {
    const scene = sceneOf(options.query as Record<string, string | undefined>);
    if (scene === undefined) return;
    // Whoever scanned a code wants to go on, whether it is known or not.
    this.services.api.scene(scene).then(
      (place) => {
        this.services.place = place;
      },
      () => undefined,
    );
  },
});
