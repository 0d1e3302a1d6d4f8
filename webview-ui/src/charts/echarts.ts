/** The parts of ECharts that the page uses, and no others: the whole library is four times as large and needs eval. */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([CustomChart, LineChart, ScatterChart, GridComponent, CanvasRenderer]);

export type ChartOption = EChartsCoreOption;
export type Chart = EChartsType;

export function createChart(element: HTMLElement): Chart {
  return init(element, null, { renderer: 'canvas' });
}
